// Before anything is drawn: the theme of ?theme=, else what this browser chose, else dark; and a wall's token, which
// stands in the address (#token=…) only until it is read.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked === "light" || asked === "dark") localStorage.setItem("theme", asked);
  document.documentElement.dataset.theme = localStorage.getItem("theme") || "dark";
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  window.wallToken = token;
  history.replaceState(history.state, "", location.pathname + location.search);
})();
