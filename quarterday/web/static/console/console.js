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
