// Warn two minutes before the session ends, extend it without leaving the page, and clear the screen when it is over.
// Who types is doing something: that extends it too. What was typed when it ends all the same goes along.
"use strict";

(() => {
  const form = document.querySelector("form[data-session]");
  if (!form) return;
  const WARN_MS = 2 * 60 * 1000;
  const TYPING_MS = 60 * 1000; // between two extensions by who types
  const LEAVING_MS = 20 * 1000; // for a form that was sent to lead away
  const LATE_MS = 3 * 1000; // so that the server, whose clock it is, finds the session over too
  const time = form.querySelector("[data-time]");
  // Counted from the server's word on the page's own clock: the visitor's clock may be wrong by hours. In most systems
  // the page's clock stands still while a device sleeps, so what went by on the visitor's counts where it is more.
  let left, since, at;
  const count = (milliseconds) => {
    left = milliseconds;
    since = performance.now();
    at = Date.now();
  };
  const remaining = () => left - Math.max(performance.now() - since, Date.now() - at);
  count(Number(form.dataset.left) * 1000);

  const show = (expires) => {
    // Belgian time wherever the reader is: every other time on the page is.
    time.textContent = new Date(expires).toLocaleTimeString("nl-BE", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "Europe/Brussels",
    });
  };

  // The form with something in it that must not be lost, also what the server put back; else null.
  const written = () => {
    const kept = document.querySelector("form[data-keeps-typed]");
    const fields = kept?.querySelectorAll("textarea, input:not([type=hidden])") ?? [];
    return kept?.dataset.keepsTyped === "always" || [...fields].some((field) => field.value) ? kept : null;
  };

  // What another tab of this session learned of its end holds here too.
  const tabs = new BroadcastChannel("session");
  const whose = form.elements.form_token.value;
  const tell = () => tabs.postMessage({ whose, left: remaining() });
  tabs.addEventListener("message", ({ data }) => {
    if (data.whose !== whose || data.left < remaining()) return;
    count(data.left);
    tick();
  });

  let timer;
  let isOver = false; // the form is on its way
  const tick = () => {
    clearTimeout(timer);
    const rest = remaining();
    if (rest <= 0) {
      const typed = written();
      // A form that loses nothing (`guards.keeps_typed`) clears the screen itself, by being sent too late.
      if (typed && rest > -LATE_MS) timer = setTimeout(tick, rest + LATE_MS);
      else if (typed && !navigator.onLine) {
        // A laptop that wakes has no network yet: out of sight until it has.
        document.body.hidden = true;
        addEventListener("online", tick, { once: true });
      } else if (typed) {
        if (isOver) return;
        isOver = true;
        // Only to be shown again, should the session be there after all.
        const step = Object.assign(document.createElement("input"), { type: "hidden", name: "stap", value: "wijzigen" });
        typed.append(step);
        typed.submit();
      }
      // Not on the page that says so itself: it would go there for ever.
      else if (form.dataset.over) location.replace(form.dataset.over);
      return;
    }
    const urgent = rest <= WARN_MS;
    if (urgent !== form.classList.contains("urgent")) {
      form.classList.toggle("urgent", urgent);
      if (urgent) form.setAttribute("role", "alert");
      else form.removeAttribute("role");
    }
    timer = setTimeout(tick, urgent ? Math.min(rest, 1000) : rest - WARN_MS);
  };

  const extend = async () => {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    count(Number(answer.headers.get("X-Session-Seconds")) * 1000);
    show(answer.headers.get("X-Session-Expires"));
    tell();
    tick();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await extend();
    } catch {
      // Beside a page that somebody writes in, as without a script.
      if (form.querySelector("[formtarget]")) form.target = "_blank";
      form.submit();
    }
  });

  let extended = performance.now();
  document.addEventListener("input", async () => {
    if (performance.now() - extended < TYPING_MS) return;
    extended = performance.now();
    try {
      await extend();
    } catch {
      // It is only a courtesy: the time on the page still holds.
    }
  });

  // The server told an open page (`live.js`) that the session is over, or that somebody else signed in. A form that is
  // on its way, as that of signing out, leads away by itself and gets the time for it; one that gives a file does not.
  // One with what was typed never gives a file, and is not cut off however long its answer takes.
  let sent = -Infinity;
  addEventListener("submit", ({ defaultPrevented, submitter, target }) => {
    const opensTab = (submitter?.formTarget || target.target) === "_blank";
    if (defaultPrevented || opensTab) return;
    sent = target.matches("[data-keeps-typed]") ? Infinity : performance.now();
  });
  const end = () => {
    if (sent === Infinity) return;
    const wait = sent + LEAVING_MS - performance.now();
    if (wait > 0) return setTimeout(end, wait);
    count(-LATE_MS);
    tick();
  };
  addEventListener("over", end);

  // Timers stand still while a laptop sleeps or a tab is away.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });
  addEventListener("focus", tick);
  addEventListener("pageshow", () => {
    sent = -Infinity;
    isOver = false;
    tick();
  });
  tell();
  tick();
})();
