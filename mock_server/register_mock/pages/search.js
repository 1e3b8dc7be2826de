// Shows what fits while a reader types. Without it, the form leads to a page with the same results.
"use strict";

const MOST_SHOWN = 20;
const form = document.querySelector("form.search");
const field = form.querySelector("input");
const list = form.querySelector("ul");
const said = form.querySelector("output");
let entries = null;

function fitting(asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = entries.filter(([title, kind, , text]) => {
    const all = `${title} ${kind} ${text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const inTitle = ([title]) => words.every((word) => title.toLowerCase().includes(word));
  return [...found.filter(inTitle), ...found.filter((entry) => !inTitle(entry))];
}

function line([title, kind, page]) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const small = document.createElement("small");
  link.href = `${form.dataset.base}/${page}`;
  link.textContent = title;
  small.textContent = kind;
  item.append(link, " ", small);
  return item;
}

async function show() {
  if (entries === null) entries = await (await fetch(form.dataset.index)).json();
  const found = fitting(field.value);
  const more = found.length > MOST_SHOWN ? `; press Enter for more than these ${MOST_SHOWN}` : "";
  list.replaceChildren(...found.slice(0, MOST_SHOWN).map(line));
  said.textContent = field.value.trim() ? `${found.length} found${more}` : "";
}

field.addEventListener("input", () => {
  // When the index cannot be had, Enter still asks the server.
  show().catch((error) => { said.textContent = `Press Enter to search (${error.message})`; });
});
