// Before anything is drawn: light or dark, as chosen here or else as the system says.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => { try { return localStorage.getItem("console-theme"); } catch { return null; } };
  const apply = () => {
    const chosen = read();
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.classList.toggle("dark", dark);
    document.documentElement.classList.toggle("light", !dark);
  };
  apply();
  system.addEventListener("change", apply);
  window.consoleTheme = {
    name: () => read() || "as the system",
    next: () => {
      const after = { null: "light", light: "dark" }[read()];
      try { after ? localStorage.setItem("console-theme", after) : localStorage.removeItem("console-theme"); } catch { /* private windows keep nothing */ }
      apply();
    },
  };
})();
