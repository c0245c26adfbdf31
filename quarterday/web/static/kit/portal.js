// What takes a while to add up, search as you type, and the sum of what is chosen. All of it works without.
for (const form of document.querySelectorAll("[data-live]")) {
  let waiting, asked = 0;
  const search = async () => {
    const url = form.action + "?" + new URLSearchParams(new FormData(form));
    const mine = ++asked;
    const answer = await fetch(url);
    if (!answer.ok || answer.redirected || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(form.dataset.live);
    if (!found) return;
    document.getElementById(form.dataset.live).replaceWith(found);
    history.replaceState(null, "", url);
    document.getElementById("told").textContent = found.dataset.told;
    add();
  };
  form.querySelector("[data-no-script]").hidden = true;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 250); });
}
function add() {
  const form = document.querySelector("[data-sum]");
  if (!form) return;
  const button = form.querySelector("button");
  const words = button.textContent;
  const places = Number(form.dataset.places), lang = document.documentElement.lang;
  const parts = new Intl.NumberFormat(lang, { style: "currency", currency: form.dataset.currency }).formatToParts(0);
  const symbol = parts.find((part) => part.type === "currency").value;
  const show = () => {
    const chosen = [...form.querySelectorAll("input:checked")];
    const minor = chosen.reduce((sum, box) => sum + Number(box.dataset.minor), 0);
    const amount = (minor / 10 ** places).toLocaleString(lang, { minimumFractionDigits: places, maximumFractionDigits: places });
    button.disabled = !chosen.length;
    button.textContent = chosen.length ? form.dataset.verb.replace("{amount}", `${amount}\u00a0${symbol}`) : words;
  };
  form.addEventListener("change", show);
  show();
}
add();
for (const place of document.querySelectorAll("[data-load]")) {
  fetch(place.dataset.load).then((answer) => (answer.ok && !answer.redirected ? answer.text() : "")).then((text) => {
    const found = new DOMParser().parseFromString(text, "text/html").getElementById(place.dataset.part);
    if (found) place.replaceWith(found);
  });
}
