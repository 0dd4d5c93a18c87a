// Keeps what is open true: elements with data-live or data-poll become what their page has in their place now.
(() => {
  const { body } = document;
  if (body.dataset.position === undefined) return;
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const byId = (id) => document.getElementById(id);
  const APART = 500, SILENT = 50_000, AGAIN = 60_000;
  const due = new Set();
  const wanted = new Set(); // lists whose new rows are to be shown
  const heard = {}; // by signal, where it was told last
  let position = body.dataset.position, next = 0, timer, isBusy;

  // What somebody has typed, chosen or opened is theirs.
  const changed = (field) => field.matches("textarea, input:not([type=hidden])") && field.value !== field.defaultValue
    || field.matches("select") && [...field.options].some((one) => one.selected !== one.defaultSelected);
  htmx.registerExtension("live", {
    htmx_before_morph_node: (old) => !old.matches?.("textarea, select") || !changed(old),
    htmx_before_morph_attr: (old, { attrName }) =>
      !(attrName === "open" && old.matches("details, dialog") || attrName === "value" && changed(old)
        || attrName === "aria-selected"),
  });

  // Rows of a list keep their places; new ones are announced, and come when they are asked for.
  const keep = (list, fresh) => {
    const known = all(":scope > [id]", list).map((row) => row.id);
    const coming = all(":scope > [id]", fresh);
    const added = coming.filter((row) => !known.includes(row.id));
    if (!known.length || wanted.delete(list.id) || document.hidden) return 0;
    for (const row of added) row.remove();
    for (const id of known) {
      const row = coming.find((one) => one.id === id);
      if (row) row.parentNode.append(row);
    }
    return added.length;
  };
  const announce = (id, count) => {
    const button = document.querySelector(`[data-news="${CSS.escape(id)}"]`);
    if (!button) return;
    button.hidden = !count;
    button.textContent = count === 1 ? button.dataset.one : button.dataset.many.replace("{n}", count);
  };

  // What is done when the page has come, before it is put in place; returns what is done behind that.
  const settle = ({ tasks, ctx }) => {
    const page = tasks.find((task) => task.type === "main")?.fragment.querySelector("body");
    if (ctx.response.status >= 400 || page?.dataset.position === undefined) {
      tasks.length = 0; // no page of the frame: what is shown stands
      return;
    }
    if (page.dataset.version !== body.dataset.version) {
      tasks.length = 0; // it goes with other scripts and styles than are here
      end("renewed");
      return;
    }
    position = page.dataset.position;
    const coming = tasks.filter((task) => task.type === "oob");
    const gone = ctx.ids.filter((id) => !coming.some(({ target }) => target.id === id));
    const news = new Map();
    const held = document.activeElement;
    const beside = held.closest("[data-rows] > *")?.nextElementSibling;
    for (const { target, fragment } of coming) {
      for (const list of all("[data-rows]", target.parentNode)) {
        const fresh = target.contains(list) && fragment.querySelector(`[id="${CSS.escape(list.id)}"]`);
        if (fresh) news.set(list.id, keep(list, fresh));
      }
    }
    return () => {
      for (const id of gone) byId(id).remove();
      for (const [id, count] of news) announce(id, count);
      if (!held.isConnected) ((beside?.isConnected && beside.querySelector("a, button")) || byId("main")).focus();
      document.title = ctx.title;
    };
  };
  let settled;
  addEventListener("htmx:before:swap", ({ detail }) => { if (detail.ctx.ids) settled = settle(detail); });

  const refresh = async () => {
    const inOrder = all("[id]:is([data-live], [data-poll])").filter((one) => due.has(one.id));
    const ids = inOrder.filter((one, at) => !inOrder.slice(0, at).some((other) => other.contains(one))).map(({ id }) => id);
    due.clear();
    timer = null;
    if (!ids.length) return;
    isBusy = true;
    next = Date.now() + APART;
    settled = null;
    try {
      await htmx.ajax("GET", location.pathname + location.search, {
        ids, target: "body", swap: "none", selectOOB: ids.map((id) => `#${CSS.escape(id)}:outerMorph`).join(),
      });
      settled?.();
    } finally {
      isBusy = false;
      plan();
    }
  };
  const plan = () => {
    if (due.size && !timer && !isBusy && !all("form[aria-busy]").length) {
      timer = setTimeout(refresh, Math.max(0, next - Date.now()));
    }
  };
  const hear = (signal, at) => {
    heard[signal] = at;
    if (at <= position) return;
    for (const one of all("[data-live]")) if (one.dataset.live.split(" ").includes(signal)) due.add(one.id);
    plan();
  };
  addEventListener("click", ({ target }) => {
    const id = target.closest?.("[data-news]")?.dataset.news;
    if (!id) return;
    wanted.add(id);
    due.add(byId(id).closest("[data-live]").id);
    plan();
  });
  let seconds = 0;
  setInterval(() => {
    if (document.hidden) return;
    seconds += 1;
    for (const one of all("[data-poll]")) if (seconds % one.dataset.poll === 0) due.add(one.id);
    plan();
  }, 1000);

  // One window of a browser has the stream, and tells the others.
  const others = new BroadcastChannel("live");
  const end = (why) => {
    for (const one of all("[data-over]")) one.hidden = one.dataset.over !== why;
  };
  others.onmessage = ({ data: { signal, at, hello, over } }) => {
    if (signal) hear(signal, at);
    if (over) end(over);
    if (hello) for (const [one, there] of Object.entries(heard)) others.postMessage({ signal: one, at: there });
  };
  const lead = () => new Promise((leave) => {
    let stream, quiet;
    const open = () => {
      clearTimeout(quiet);
      stream?.close();
      stream = new EventSource(`/live?after=${encodeURIComponent(position)}`);
      const alive = (after = SILENT) => {
        clearTimeout(quiet);
        quiet = setTimeout(open, after);
      };
      alive();
      stream.onerror = () => stream.readyState === EventSource.CLOSED && alive(AGAIN);
      stream.addEventListener("beat", () => alive());
      stream.addEventListener("over", ({ data }) => {
        clearTimeout(quiet);
        stream.close();
        others.postMessage({ over: data });
        end(data);
        leave();
      });
      for (const signal of body.dataset.signals.split(" ")) {
        stream.addEventListener(signal, ({ lastEventId: at }) => {
          alive();
          hear(signal, at);
          others.postMessage({ signal, at });
        });
      }
    };
    open();
  });
  if (navigator.locks) navigator.locks.request("live", lead);
  else lead();
  others.postMessage({ hello: true });
})();
