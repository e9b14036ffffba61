"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a page from a file may have none */ } };
  const made = (tag, text, values = {}) => Object.assign(document.createElement(tag), { textContent: text }, values);

  // ---------------------------------------------------------------- colours
  const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
  const theme = byId("theme");
  const showTheme = (name) => {
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    theme.lastElementChild.textContent = THEMES[name];
    theme.dataset.name = name;
  };
  showTheme(stored("theme") in THEMES ? stored("theme") : "auto");
  theme.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(theme.dataset.name) + 1) % names.length];
    showTheme(next);
    store("theme", next);
  });

  // ---------------------------------------------------------------- contents on a small screen
  const menu = byId("menu"), contents = byId("contents");
  const openMenu = (open) => {
    contents.classList.toggle("open", open);
    menu.setAttribute("aria-expanded", String(open));
  };
  menu.addEventListener("click", () => openMenu(!contents.classList.contains("open")));
  contents.addEventListener("click", (event) => { if (event.target.closest("a")) openMenu(false); });

  // ---------------------------------------------------------------- forms of a call
  const examples = [...document.querySelectorAll(".example")];
  const showForm = (form) => {
    for (const example of examples) {
      const forms = [...example.querySelectorAll(".form[data-form]")];
      const chosen = forms.find((panel) => panel.dataset.form === form) || forms[0];
      for (const panel of forms) panel.hidden = panel !== chosen;
      for (const tab of example.querySelectorAll("[role=tab]")) {
        const isChosen = tab.dataset.form === chosen.dataset.form;
        tab.setAttribute("aria-selected", String(isChosen));
        tab.tabIndex = isChosen ? 0 : -1;
      }
    }
  };
  const choose = (tab) => {
    const before = tab.getBoundingClientRect().top;
    showForm(tab.dataset.form);
    store("form", tab.dataset.form);
    window.scrollBy(0, tab.getBoundingClientRect().top - before); // examples above may have changed their height
    tab.focus({ preventScroll: true });
  };
  examples.forEach((example, number) => {
    const tabs = made("div", "", { className: "tabs" });
    tabs.setAttribute("role", "tablist");
    tabs.setAttribute("aria-label", "Form of the call");
    for (const panel of example.querySelectorAll(".form[data-form]")) {
      const tab = made("button", panel.firstElementChild.textContent, { type: "button", id: `tab-${number}-${panel.dataset.form}` });
      tab.dataset.form = panel.dataset.form;
      tab.setAttribute("role", "tab");
      panel.id = `call-${number}-${panel.dataset.form}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", panel.id);
      tabs.append(tab);
    }
    tabs.addEventListener("click", (event) => { if (event.target.dataset.form) choose(event.target); });
    tabs.addEventListener("keydown", (event) => {
      const all = [...tabs.children], step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) choose(all[(all.indexOf(event.target) + step + all.length) % all.length]);
    });
    example.prepend(tabs);
    example.classList.add("tabbed");
  });
  showForm(stored("form") || "nc");
  for (const panel of document.querySelectorAll(".form")) {
    const copy = made("button", "Copy", { type: "button", className: "copy" });
    copy.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(panel.querySelector("code").textContent.trimEnd()); copy.textContent = "Copied"; }
      catch { copy.textContent = "Not allowed"; }
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
    panel.append(copy);
  }

  // ---------------------------------------------------------------- where the reader is
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.getAttribute("href").slice(1), link]));
  const articles = [...document.querySelectorAll("article")];
  let current = null;
  const follow = () => {
    const edge = 120;
    let low = 0, high = articles.length; // the last article that begins above the edge
    while (low < high) {
      const middle = (low + high) >> 1;
      if (articles[middle].getBoundingClientRect().top <= edge) low = middle + 1;
      else high = middle;
    }
    const link = low ? links.get(articles[low - 1].id) : null;
    if (link === current) return;
    if (current) current.removeAttribute("aria-current");
    if (link) {
      link.setAttribute("aria-current", "location");
      const box = link.getBoundingClientRect(), frame = contents.getBoundingClientRect();
      if (box.top < frame.top || box.bottom > frame.bottom) contents.scrollTop += box.top - frame.top - frame.height / 2;
    }
    current = link;
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  const target = byId(location.hash.slice(1));
  if (target) target.scrollIntoView(); // the browser went there before the forms of calls were folded
  follow();

  // ---------------------------------------------------------------- search
  const MOST = 40;
  const query = byId("query"), found = byId("found"), count = byId("count");
  let index = null, shown = [], selected = -1;
  const read = () => articles.flatMap((article) => {
    const name = article.dataset.name, kind = article.dataset.kind.split(" ")[0];
    const doc = article.querySelector(".doc").textContent;
    const aliases = article.querySelector(".signature")?.textContent.split("(")[0] || "";
    const rows = [...article.querySelectorAll(".rows li")].map((row) => {
      const own = row.querySelector(".name").textContent;
      return { id: row.id, name: own, within: name, kind: "in", doc: row.querySelector("p + p")?.textContent || row.querySelector(".type")?.textContent || "", key: own.toLowerCase(), weight: 3 };
    });
    return [{ id: article.id, name, within: "", kind, doc, key: `${name} ${aliases}`.toLowerCase(), weight: 0 }, ...rows];
  });
  const rank = (item, words) => {
    let worst = 0;
    for (const word of words) {
      const place = item.key.indexOf(word);
      const score = item.key === word ? 0 : place === 0 || /[._\/ -]/.test(item.key[place - 1] || "") ? 1 : place > 0 ? 2
        : item.within.toLowerCase().includes(word) ? 4 : item.doc.toLowerCase().includes(word) ? 6 : -1;
      if (score < 0) return -1;
      worst = Math.max(worst, score);
    }
    return worst + item.weight / 2;
  };
  const select = (number) => {
    selected = number;
    [...found.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === number)));
    const child = found.children[number];
    if (child) { query.setAttribute("aria-activedescendant", child.id); child.scrollIntoView({ block: "nearest" }); }
    else query.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    found.hidden = true;
    query.setAttribute("aria-expanded", "false");
    select(-1);
  };
  const search = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) { count.textContent = ""; return close(); }
    index ??= read();
    const all = index.map((item) => [rank(item, words), item]).filter(([score]) => score >= 0);
    all.sort(([one], [two]) => one - two);
    shown = all.slice(0, MOST).map(([, item]) => item);
    found.replaceChildren(...shown.map((item, number) => {
      const row = made("li", "", { id: `found-${number}` });
      row.setAttribute("role", "option");
      row.append(made("b", item.name), made("small", item.within ? `in ${item.within}` : item.kind), made("span", item.doc));
      return row;
    }));
    if (!shown.length) found.append(made("li", `Nothing matches "${query.value}".`, { className: "none" }));
    count.textContent = all.length === 1 ? "1 match" : `${all.length} matches`;
    found.hidden = false;
    query.setAttribute("aria-expanded", "true");
    select(shown.length ? 0 : -1);
  };
  const go = (number) => {
    if (!shown[number]) return;
    const id = shown[number].id;
    close();
    query.value = "";
    query.blur();
    openMenu(false);
    if (location.hash === `#${id}`) byId(id).scrollIntoView();
    else location.hash = id;
  };
  query.addEventListener("input", search);
  query.addEventListener("focus", search);
  query.addEventListener("blur", () => setTimeout(close, 150)); // a click on a match comes after the blur
  query.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) { event.preventDefault(); select((selected + step + shown.length) % shown.length); }
    else if (event.key === "Enter") { event.preventDefault(); go(selected); }
    else if (event.key === "Escape") { query.value = ""; close(); query.blur(); }
  });
  found.addEventListener("mousedown", (event) => {
    const row = event.target.closest("li[role=option]");
    if (row) { event.preventDefault(); go([...found.children].indexOf(row)); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") openMenu(false);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    query.focus({ preventScroll: true });
    query.select();
  });
})();
