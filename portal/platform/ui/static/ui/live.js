// Keep the bell's count true and say above the list what came, while somebody sees the page.
"use strict";

(() => {
  const address = document.currentScript.dataset.news;
  const bell = document.querySelector("a.bell");
  if (!bell) return;
  const FIRST_MS = 1000; // who passes through needs none
  const AGAIN_MS = 20_000; // longer after each refusal
  const SAY_MS = 30_000; // between two announcements
  const list = document.querySelector("[data-list]");
  const line = list?.querySelector("a");
  let source, timer, status;
  let failures = 0,
    said = -SAY_MS;

  const add = (parent, tag, given) => parent.appendChild(Object.assign(document.createElement(tag), given));
  const countNow = () => parseInt(bell.querySelector(".count")?.textContent, 10) || 0;

  const ring = ({ count, said, place }) => {
    bell.querySelector(".count")?.remove();
    bell.classList.toggle("rings", count > 0);
    if (count) {
      const all = add(bell, "span", { className: "count" });
      add(all, "span", { textContent: count, ariaHidden: "true" });
      add(all, "span", { className: "visually-hidden", textContent: `: ${said}` });
    }
    // Where no count was, none comes: it would move what is beside it.
    for (const part of document.querySelectorAll(`a[href="${bell.getAttribute("href")}"] .new`)) {
      part.textContent = count && `\u00a0(${place})`;
    }
  };

  const show = (news) => {
    const before = countNow();
    const isNew = list && news.list !== list.dataset.list;
    ring(news);
    if (list) Object.assign(line, { textContent: news.line, hidden: !isNew });
    // Not each time; heard is what comes into a status that is there.
    if (countNow() > before && performance.now() - said > SAY_MS) {
      said = performance.now();
      status ??= add(document.body, "div", { className: "visually-hidden", role: "status" });
      setTimeout(() => (status.textContent = isNew ? news.line : news.aloud), 100);
    }
  };

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };

  const open = () => {
    close();
    if (document.hidden) return;
    source = new EventSource(list ? `${address}&lijst=1` : address);
    source.onmessage = ({ data }) => {
      failures = 0;
      show(JSON.parse(data));
    };
    source.addEventListener("end", () => {
      close();
      dispatchEvent(new Event("over"));
    });
    // What is cut off opens again by itself; what is refused does not.
    source.onerror = () => source?.readyState === 2 && later(AGAIN_MS * Math.min(++failures, 15));
  };

  const later = (pause) => {
    close();
    // Not all at once when a portal starts.
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
  };

  const look = () => (document.hidden ? close() : later(FIRST_MS));
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", close);
  addEventListener("pageshow", ({ persisted }) => persisted && look());
  look();
})();
