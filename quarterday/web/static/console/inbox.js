// Keys for working down the list; without them every link and button does the same.
const items = () => [...document.querySelectorAll("[data-item]")];
const current = () => document.activeElement?.closest?.("[data-item]");
const opener = (item) => item?.querySelector("[data-open], [tabindex]");
const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");
let place = -1;

const go = (step) => {
  const all = items();
  if (!all.length) return;
  const here = current() ? all.indexOf(current()) : place;
  const next = Math.min(Math.max(here + step, 0), all.length - 1);
  opener(all[next])?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "a") {
    const main = current()?.querySelector("[data-main]");
    if (main) main.click();
    else if (!current()?.classList.contains("item-open")) current()?.querySelector("[data-open]")?.click();
    else current()?.querySelector(".deed input:not([type=hidden])")?.focus();
  } else return;
  event.preventDefault();
});

// An open item closes where it stands, instead of by a page of its own.
const closed = new WeakMap();
document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  const item = close?.closest("[data-item]");
  if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const before = closed.get(item);
  if (!before) return;
  event.preventDefault();
  item.replaceWith(before);
  window.htmx.process(before);
  opener(before)?.focus();
});

let swapped = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const item = event.detail.target?.closest?.("[data-item]");
  if (!item) return;
  // A refusal stands on a page of its own, and is no part of the list.
  if (event.detail.xhr.status >= 400) return;
  place = items().indexOf(item);
  swapped = item.classList.contains("item-open") ? closed.get(item) : item;
});
document.addEventListener("htmx:afterSwap", () => {
  const item = items()[place];
  if (!item || place < 0) return;
  if (item.classList.contains("item-open") && swapped) closed.set(item, swapped);
  if (!item.contains(document.activeElement)) opener(item)?.focus({ preventScroll: false });
});
