// Save or share the document that the page carries without sending it; without this script, the form sends it to be returned.
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
    // A browser decides by name and type. The document itself is put together only when somebody wants it.
    const alike = new File(["%PDF-"], form.dataset.name, { type: form.dataset.type });
    shareable = navigator.canShare?.({ files: [alike] }) ?? false;
  } catch {
    // This browser shares no files: the prepared mail remains.
  }
  const shareFile = async () => {
    try {
      await navigator.share({ files: [file()], title: form.dataset.name });
    } catch (error) {
      // Whoever cancelled needs no message; where sharing failed, the prepared mail is unfolded.
      if (error.name !== "AbortError") document.querySelector("#page details.fold")?.setAttribute("open", "");
    }
  };
  share.hidden = !shareable;
  share.addEventListener("click", shareFile);

  const saved = form.querySelector("[data-saved]");
  form.addEventListener("submit", (event) => {
    // A document to be shown goes through the form: only an address of the portal gives a viewer the name of the file.
    if (event.submitter?.value !== "bewaren" || !("download" in HTMLAnchorElement.prototype)) return;
    event.preventDefault();
    if (navigator.standalone && shareable) {
      // Installed on the home screen of an iPhone, a page cannot download: sharing offers to save.
      shareFile();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file());
    link.download = form.dataset.name;
    document.body.append(link);
    link.click();
    link.remove();
    // Some browsers read the object only once the user has said where to save it.
    setTimeout(() => URL.revokeObjectURL(link.href), 600000);
    saved.textContent = saved.dataset.words;
  });
})();
