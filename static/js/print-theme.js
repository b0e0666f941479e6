// On paper every page is light: a dark theme would print white on black, or nothing at all.
const root = document.documentElement;
let theme;

addEventListener("beforeprint", () => {
  theme = root.dataset.frTheme;
  root.dataset.frTheme = "light";
});
addEventListener("afterprint", () => {
  root.dataset.frTheme = theme;
});
