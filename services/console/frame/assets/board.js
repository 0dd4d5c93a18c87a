// On the board, whoever waits is dragged to a mentor. "Move to…" on each card does the same without a mouse.
(() => {
  const line = document.querySelector("[data-board]");
  if (!line || !self.Sortable) return;
  const dropped = ({ item, to }) => {
    const there = new URL(line.dataset.board, location.href);
    there.searchParams.append("to", `${item.dataset.mentee}/${to.closest("[data-mentor]").dataset.mentor}`);
    location.assign(there);
  };
  const from = { name: "board", pull: "clone", put: false };
  const to = { name: "board", pull: false, put: true };
  Sortable.create(line, { group: from, sort: false, draggable: "[data-mentee]" });
  for (const seats of document.querySelectorAll("[data-mentor] .seats")) {
    Sortable.create(seats, { group: to, sort: false, draggable: "[data-mentee]", onAdd: dropped });
  }
})();
