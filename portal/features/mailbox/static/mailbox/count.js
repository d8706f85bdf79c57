// Put how many documents were not read in the title of the tab; without this the page itself says it.
"use strict";

(() => {
  const unread = document.querySelector("[data-unread]")?.dataset.unread;
  if (unread && unread !== "0") document.title = `(${unread}) ${document.title}`;
})();
