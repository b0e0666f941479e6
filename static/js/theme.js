// Sets the theme before the first paint, so that a dark page never flashes white. DSFR's own script, which comes
// later, reads the same key and keeps the choice. A classic script on purpose: a module would run after the paint.
(() => {
  let scheme = "system";
  try {
    scheme = localStorage.getItem("scheme") || scheme;
  } catch {
    // Storage is refused: the system's theme will do.
  }
  const dark = scheme === "dark" || (scheme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.frTheme = dark ? "dark" : "light";
})();
