// What pages do besides reading and sending forms, which work without it.
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const first = (what) => document.querySelector(what);
  const seen = (element) => element?.checkVisibility() && !element.disabled;
  const root = document.documentElement;
  const on = addEventListener;

  // A form that was sent is busy, and is not sent twice.
  on("submit", (event) => {
    const form = event.target;
    if (form.method === "get") return;
    if (form.ariaBusy) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    form.ariaBusy = "true";
    if (event.submitter) event.submitter.ariaBusy = "true";
    sessionStorage.sent = draft(form);
    if (draft(form).endsWith("/sign-out")) sessionStorage.clear();
  }, true);
  const rest = () => all("form[aria-busy], form[aria-busy] .btn").forEach((busy) => { busy.ariaBusy = null; });
  on("pageshow", (event) => event.persisted && rest());
  on("htmx:finally:request", rest);

  // Keys: a letter in a button presses it, J and K walk through a list, / searches, ? helps.
  const walk = (step) => {
    const rows = all("[data-keys=list] > *").filter((row) => seen(row.querySelector("a[href]")));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const from = here < 0 ? rows.findIndex((row) => row.querySelector("[aria-current]")) : here;
    const row = rows[Math.min(Math.max(from + step, 0), rows.length - 1)];
    row?.querySelector("a[href]").focus();
    return row;
  };
  const press = (key) => {
    const control = all("[data-key]").find((one) => one.dataset.key === key && seen(one));
    control?.click();
    return control;
  };
  const search = () => {
    const input = first("#search");
    if (input && !seen(input)) first("#nav").showPopover();
    input?.select();
    return input;
  };
  const help = () => first("#help")?.togglePopover() ?? true;
  const steps = { j: 1, k: -1 };
  const typing = "select, textarea, [contenteditable], input:not([type=checkbox], [type=radio])";
  on("keydown", (event) => {
    const key = event.key.toLowerCase();
    const menu = key === "escape" && first("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.firstElementChild.focus();
    }
    if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(typing) || event.repeat && !steps[key]) return;
    if (key !== "?" && first("dialog:popover-open, dialog:modal")) return;
    const did = key === "?" ? help() : key === "/" ? search() : press(key) ?? (steps[key] && walk(steps[key]));
    if (did) event.preventDefault();
  });
  on("click", ({ target }) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  });

  // One box selects all rows, and says how many are.
  on("change", ({ target }) => {
    const form = target.dataset.all ?? target.getAttribute("form");
    const box = form && first(`[data-all="${CSS.escape(form)}"]`);
    if (!box) return;
    const rows = all(`input[type=checkbox][form="${CSS.escape(form)}"]:enabled`);
    if (target === box) for (const row of rows) row.checked = box.checked;
    const chosen = rows.filter((row) => row.checked).length;
    box.checked = chosen === rows.length;
    box.indeterminate = chosen > 0 && !box.checked;
    const words = box.parentElement.querySelector("[data-selected]");
    words.textContent = words.dataset.selected.replace("{n}", chosen).replace("{of}", rows.length);
    for (const row of rows) row.closest("tr")?.setAttribute("aria-selected", row.checked);
  });

  // What was refused gets the focus.
  const summary = () => first("[data-summary]:not(:focus-within)")?.focus();
  on("htmx:after:swap", summary);
  summary();

  // Text is kept in this window until it was sent and a page of the frame answered it.
  const draft = (form) => `draft:${form.dataset.autosave || form.getAttribute("action")}`;
  const texts = (form) => all("input[type=text], textarea", form);
  const say = (form, words) => {
    const place = form.querySelector("[data-saved]");
    const now = new Date().toLocaleTimeString(root.lang, { timeStyle: "short" });
    if (place) place.textContent = place.dataset[words].replace("{time}", now);
  };
  on("input", ({ target: { form } }) => {
    if (form?.dataset.autosave === undefined) return;
    const kept = Object.fromEntries(texts(form).map((text) => [text.name, text.value]));
    sessionStorage.setItem(draft(form), JSON.stringify(kept));
    say(form, "saved");
  });
  if (all(".frame").length && !all("[data-summary]").length) sessionStorage.removeItem(sessionStorage.sent);
  delete sessionStorage.sent;
  for (const form of all("form[data-autosave]")) {
    const kept = JSON.parse(sessionStorage.getItem(draft(form)) ?? "{}");
    const lost = texts(form).filter((text) => (kept[text.name] ?? text.value) !== text.value);
    for (const text of lost) text.value = kept[text.name];
    if (lost.length) say(form, "restored");
  }
})();
