// Before anything is drawn: the theme of ?theme=, else what this browser chose, else dark.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked === "light" || asked === "dark") localStorage.setItem("theme", asked);
  document.documentElement.dataset.theme = localStorage.getItem("theme") || "dark";
})();
