// Save or share the document that the page carries without sending it anywhere; without this the form does it.
"use strict";

(() => {
  const form = document.getElementById("geheel");
  if (!form) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  let made;
  const file = () => {
    const pieces = document.querySelectorAll('input[form="geheel"][name="stuk"]');
    made ??= new File([...pieces].map((piece) => bytes(piece.value)), form.dataset.name, { type: form.dataset.type });
    return made;
  };

  const share = form.querySelector("[data-share]");
  let shareable = false;
  try {
    // Its name and type decide. The document itself is put together only when somebody wants it.
    const alike = new File(["%PDF-"], form.dataset.name, { type: form.dataset.type });
    shareable = navigator.canShare?.({ files: [alike] }) ?? false;
  } catch {
    // This browser shares no files: the message that is prepared does.
  }
  const shareFile = async () => {
    try {
      await navigator.share({ files: [file()], title: form.dataset.name });
    } catch (error) {
      // Who changed their mind needs no message; where it failed, the prepared message is opened.
      if (error.name !== "AbortError") document.querySelector("#page details.fold")?.setAttribute("open", "");
    }
  };
  share.hidden = !shareable;
  share.addEventListener("click", shareFile);

  const saved = form.querySelector("[data-saved]");
  form.addEventListener("submit", (event) => {
    // What is looked at goes through the form: only an address of ours gives a viewer the name of the file.
    if (event.submitter?.value !== "bewaren" || !("download" in HTMLAnchorElement.prototype)) return;
    event.preventDefault();
    if (navigator.standalone && shareable) {
      // On the home screen of an iPhone nothing is downloaded: sharing offers to save.
      shareFile();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file());
    link.download = form.dataset.name;
    document.body.append(link);
    link.click();
    link.remove();
    // Some browsers read it only after a question to whoever saves it.
    setTimeout(() => URL.revokeObjectURL(link.href), 600000);
    saved.textContent = saved.dataset.words;
  });
})();
