// Conveniences only; every page works without them.
const side = document.getElementById("c-side");
const opener = document.querySelector(".c-menu-button");
const veil = document.querySelector(".c-veil");
const openMenu = (open) => {
  document.body.classList.toggle("c-open", open);
  opener.setAttribute("aria-expanded", String(open));
  veil.hidden = !open;
  if (open) side.querySelector("a, summary").focus();
};
opener?.addEventListener("click", () => openMenu(!document.body.classList.contains("c-open")));
veil?.addEventListener("click", () => openMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("c-open")) { openMenu(false); opener.focus(); }
});

for (const button of document.querySelectorAll("[data-theme-next]")) {
  const name = button.querySelector("[data-theme-name]");
  name.textContent = window.consoleTheme.name();
  button.addEventListener("click", () => { window.consoleTheme.next(); name.textContent = window.consoleTheme.name(); });
}

// The search: "/" leads to it, arrows through what it found, Escape closes it.
const box = document.querySelector("[data-search]");
const found = document.getElementById("c-found");
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  const inside = box.form.contains(event.target);
  if (event.key === "Escape" && inside) { box.focus(); found.hidden = true; }
  if (!inside || found.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = [box, ...found.querySelectorAll("a")];
  const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (stops[next]) { event.preventDefault(); stops[next].focus(); }
});
found?.addEventListener("htmx:afterSwap", () => { found.hidden = !found.textContent.trim(); });
box?.addEventListener("focus", () => { if (found.textContent.trim()) found.hidden = false; });
document.addEventListener("click", (event) => { if (!box.form.contains(event.target)) found.hidden = true; });
box?.form.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.form.contains(event.relatedTarget)) found.hidden = true; });
