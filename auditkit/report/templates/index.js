"use strict";
// Search, filter and sort of the table of projects. Without this script the controls are missing, and the rows that are
// packed where there are very many.
const table = document.getElementById("projects");
const body = table.tBodies[0];
const packed = document.getElementById("packed");
let rows = [];
const search = document.getElementById("search");
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
const collator = new Intl.Collator("zh-CN", { numeric: true });

function collect() {
  rows = Array.from(body.rows, (row) => ({ row, text: row.textContent.toLowerCase() }));
}

async function unpack() {
  const bytes = Uint8Array.from(atob(packed.content.textContent), (letter) => letter.charCodeAt(0));
  const markup = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  body.insertAdjacentHTML("beforeend", await new Response(markup).text());
  document.getElementById("rest").remove();
  collect();
  select();
}

function select() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { row, text } of rows) {
    const wanted = !filter.value || row.dataset.kinds.split(" ").includes(filter.value);
    row.hidden = !wanted || !words.every((word) => text.includes(word));
    count += row.hidden ? 0 : 1;
  }
  shown.textContent = "显示 " + count + " / " + rows.length + " 个项目";
}

function sort(heading) {
  const numeric = heading.dataset.sort === "number";
  // Figures are wanted from the greatest down, but for the number of the row.
  const former = heading.getAttribute("aria-sort");
  const rising = former ? former !== "ascending" : !numeric || heading.cellIndex === 0;
  const key = (row) => row.cells[heading.cellIndex].textContent.trim();
  const figure = (text) => (text === "—" ? -Infinity : Number(text));
  const compare = numeric ? (a, b) => (a === b ? 0 : figure(a) - figure(b)) : collator.compare;
  const keyed = rows.map(({ row }) => ({ row, key: key(row) }));
  keyed.sort((a, b) => (rising ? compare(a.key, b.key) : compare(b.key, a.key)));
  body.append(...keyed.map(({ row }) => row));
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
}

for (const heading of table.tHead.querySelectorAll("[data-sort]")) {
  // No <button>: Chromium leaves them out where it repeats the head on the next printed page.
  const button = document.createElement("span");
  button.setAttribute("role", "button");
  button.tabIndex = 0;
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sort(heading));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    sort(heading);
  });
  heading.append(button);
}
search.addEventListener("input", select);
filter.addEventListener("change", select);
document.getElementById("controls").hidden = false;
collect();
select();
if (packed && "DecompressionStream" in window) unpack();
