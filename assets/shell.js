/* Small behaviours of the frame. Every one is delegated from the document, so that it holds for
   whatever a callback draws later; nothing is inline and nothing is evaluated. */
(function () {
  "use strict";

  const KEY = "theme";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const phone = window.matchMedia("(max-width: 767.98px)");

  function stored() {
    try { return window.localStorage.getItem(KEY); } catch (_) { return null; }
  }
  function theme() { return root.getAttribute("data-bs-theme") === "dark" ? "dark" : "light"; }
  function screenName() { return phone.matches ? "phone" : "wide"; }
  function tell(id, props) {
    if (window.dash_clientside && window.dash_clientside.set_props) {
      window.dash_clientside.set_props(id, props);
    }
  }
  /* the bars of a telephone have the colour of the page */
  function colourBars() {
    const page = window.getComputedStyle(root).getPropertyValue("--page").trim();
    document.querySelector('meta[name="theme-color"]').content = page;
  }
  function setTheme(name) {
    root.setAttribute("data-bs-theme", name);
    colourBars();
    tell("theme", { data: name });
  }
  colourBars();

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    shell: { screen: function () { return [theme(), screenName()]; }, newer: newer },
  });

  /* newer data draw the page anew, but never under the hands of somebody who types in it: what is
     typed next would go nowhere, and what stands unsaved in a form would be gone */
  let waits = null;
  function isTyped() {
    const at = document.activeElement;
    const page = document.getElementById("page");
    if (!page) return false;
    const typing = at && page.contains(at) && at.matches("input, textarea, select");
    return Boolean(typing || page.querySelector("form[data-typed]"));
  }
  function newer(version) {
    waits = version;
    if (!waits || isTyped()) return;
    waits = null;
    tell("data-version", { data: version });
  }
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.closest("#page")) form.dataset.typed = "yes";
  });
  /* asked once the focus has come to rest */
  document.addEventListener("focusout", function () {
    if (waits) window.setTimeout(function () { newer(waits); }, 0);
  });

  dark.addEventListener("change", function () {
    if (!stored()) setTheme(dark.matches ? "dark" : "light");
  });
  /* told once it has settled: a turned tablet or a dragged window passes through many widths */
  let told = screenName();
  let settling = 0;
  phone.addEventListener("change", function () {
    window.clearTimeout(settling);
    settling = window.setTimeout(function () {
      if (told !== screenName()) { told = screenName(); tell("screen", { data: told }); }
    }, 250);
  });

  /* filter sheet of the phone */
  let opener = null;
  function showFilters(shown) {
    document.body.classList.toggle("filters-shown", shown);
    const button = document.getElementById("filters-open");
    if (button) button.setAttribute("aria-expanded", String(shown));
    if (shown) {
      opener = button;
      const first = document.querySelector(".filters .sheet-head button");
      if (first) window.setTimeout(function () { first.focus(); }, 20);
    } else if (opener) { opener.focus(); opener = null; }
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.removeAttribute("open");
    });
  }

  /* links inside the dashboard change the address, not the document */
  function follow(event, link) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.dataset.door || link.target || link.hasAttribute("download") || link.origin !== window.location.origin) return;
    if (link.hash && link.pathname === window.location.pathname) return;
    if (!document.getElementById("page")) return;
    event.preventDefault();
    closeDialogs();
    /* the choice of period and filters goes along, unless the link makes a choice of its own */
    const chooses = link.getAttribute("href").includes("?");
    const search = chooses ? chosenSearch(link) : window.location.search;
    tell("url", { pathname: link.pathname, search: search, hash: link.hash });
    if (link.hash) goTo(link.hash.slice(1)); else window.scrollTo(0, 0);
  }
  function chosenSearch(link) {
    if (!link.dataset.adds) return link.search;
    const query = new URLSearchParams(window.location.search);
    new URLSearchParams(link.search).forEach(function (value, name) { query.set(name, value); });
    return "?" + query.toString();
  }
  /* a link to a card holds it in view while the page is drawn, until the reader moves */
  function goTo(id) {
    const drawing = new MutationObserver(function () {
      const card = document.getElementById(id);
      if (card) card.scrollIntoView({ block: "start" });
    });
    const stop = function () { drawing.disconnect(); };
    ["wheel", "pointerdown", "keydown", "touchstart"].forEach(function (name) {
      window.addEventListener(name, stop, { once: true, passive: true });
    });
    window.setTimeout(stop, 5000);
    drawing.observe(document.body, { childList: true, subtree: true });
  }
  if (window.location.hash) goTo(decodeURIComponent(window.location.hash.slice(1)));
  function closeDialogs() {
    document.querySelectorAll("dialog[open]").forEach(function (dialog) { dialog.close(); });
  }

  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    /* a dashboard served over plain HTTP in the office network has no clipboard object */
    const box = document.createElement("textarea");
    box.value = text;
    box.setAttribute("readonly", "");
    box.className = "sr";
    document.body.appendChild(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }
  function copyLink(button) {
    const word = button.querySelector(".word");
    const before = word.textContent;
    copyText(window.location.href).then(
      function () { word.textContent = button.dataset.done; },
      function () { word.textContent = button.dataset.failed; },
    ).then(function () {
      window.setTimeout(function () { word.textContent = before; }, 2000);
    });
  }

  const ACTIONS = {
    theme: function () {
      const name = theme() === "dark" ? "light" : "dark";
      try { window.localStorage.setItem(KEY, name); } catch (_) { /* private window */ }
      setTheme(name);
    },
    "copy-link": copyLink,
    print: function () { closeDialogs(); window.print(); },
    reload: function () { window.location.reload(); },
    "show-filters": function () { showFilters(true); },
    "hide-filters": function () { showFilters(false); },
    close: function (button) { button.closest("dialog").close(); },
  };

  document.addEventListener("click", function (event) {
    const target = event.target;
    closeMenus(target.closest("details.menu"));
    const acting = target.closest("[data-action]");
    if (acting && ACTIONS[acting.dataset.action]) { ACTIONS[acting.dataset.action](acting); return; }
    const opening = target.closest("[data-opens]");
    if (opening) {
      const dialog = document.getElementById(opening.dataset.opens);
      if (dialog && !dialog.open) dialog.showModal();
      return;
    }
    if (target.nodeName === "DIALOG") { target.close(); return; }
    const link = target.closest("a[href]");
    if (link) follow(event, link);
  });

  /* a click on a period closes its menu; arrow keys walk through it */
  document.addEventListener("change", function (event) {
    const menu = event.target.closest && event.target.closest("details.menu");
    if (menu && menu.dataset.pointer === "yes") menu.removeAttribute("open");
  });
  document.addEventListener("pointerdown", function (event) {
    const menu = event.target.closest && event.target.closest("details.menu");
    if (menu) menu.dataset.pointer = "yes";
  });
  document.addEventListener("keydown", function (event) {
    const menu = event.target.closest && event.target.closest("details.menu");
    if (menu) {
      menu.dataset.pointer = "no";
      if (event.key === "Enter" && event.target.type === "radio") menu.removeAttribute("open");
    }
    if (event.key !== "Escape") return;
    if (document.querySelector("details.menu[open]")) {
      const open = document.querySelector("details.menu[open]");
      closeMenus(null);
      open.querySelector("summary").focus();
    } else if (document.body.classList.contains("filters-shown")) { showFilters(false); }
  });
})();
