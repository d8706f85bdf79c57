// Warn two minutes before the session ends, extend it without leaving the page, and clear the screen when it is over.
"use strict";

(() => {
  const form = document.querySelector("form[data-session]");
  if (!form) return;
  const WARN_MS = 2 * 60 * 1000;
  const time = form.querySelector("[data-time]");
  let expires = Date.parse(form.dataset.expires);

  const show = () => {
    // Belgian time wherever the reader is: every other time on the page is.
    time.textContent = new Date(expires).toLocaleTimeString("nl-BE", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "Europe/Brussels",
    });
  };

  const tick = () => {
    const left = expires - Date.now();
    if (left <= 0) {
      location.replace(form.dataset.over);
      return;
    }
    const urgent = left <= WARN_MS;
    if (urgent !== form.classList.contains("urgent")) {
      form.classList.toggle("urgent", urgent);
      if (urgent) form.setAttribute("role", "alert");
      else form.removeAttribute("role");
    }
    setTimeout(tick, Math.min(left, urgent ? 1000 : left - WARN_MS));
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      expires = Date.parse(answer.headers.get("X-Session-Expires"));
      show();
    } catch {
      form.submit();
    }
  });

  show();
  tick();
})();
