// Keeps a page up to date: when the world is asked something, the page is fetched again, and what is
// new in its marked parts is put in. Without streams left it asks every second instead.
"use strict";
(() => {
  const main = document.querySelector("main[data-watch]");
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.firstChild.textContent = "Copied";
    });
  }
  if (!main) return;
  const bar = main.querySelector(".livebar");
  const pause = bar.querySelector("[data-pause]");
  const said = bar.querySelector("[data-said]");
  // A page that takes long to make is asked for less often: it holds up who is answered meanwhile.
  const LEAST = 700, POLL = 1000, SHARE = 4;
  let source = null, timer = null, polling = null, last = 0, took = 0, paused = false, busy = false, again = false;

  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  function putRows(old, fresh) {
    const known = new Map([...old.children].map((row) => [row.id, row]));
    const wanted = [...fresh.children];
    const ids = new Set(wanted.map((row) => row.id));
    for (const [id, row] of known) if (!ids.has(id)) row.remove();
    let place = old.firstElementChild;
    for (const row of wanted) {
      const there = known.get(row.id);
      if (there && there === place) { place = place.nextElementSibling; continue; }
      old.insertBefore(there || document.adoptNode(row), place);
    }
  }

  function put(fresh) {
    for (const old of main.querySelectorAll("[data-part], [data-rows]")) {
      const now = fresh.getElementById(old.id);
      if (!now) continue;
      if (old.hasAttribute("data-rows")) { putRows(old, now); continue; }
      // What a reader is in is left alone, and so is what did not change.
      if (old.contains(document.activeElement) || old.innerHTML === now.innerHTML) continue;
      const open = [...old.querySelectorAll("details")].map((each) => each.open);
      const wide = old.scrollLeft;
      old.replaceChildren(...[...now.childNodes].map((node) => document.adoptNode(node)));
      old.querySelectorAll("details").forEach((each, index) => { each.open = open[index] || false; });
      old.scrollLeft = wide;
    }
  }

  async function refresh() {
    timer = null;
    if (busy) { again = true; return; }
    busy = true;
    const began = performance.now();
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "error" });
      if (answer.ok && !paused) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* The server has gone; the stream, or the next second, finds it again. */ }
    last = performance.now();
    took = last - began;
    busy = false;
    if (again) { again = false; soon(); }
  }

  function soon() {
    if (timer === null) timer = setTimeout(refresh, Math.max(0, last + Math.max(LEAST, SHARE * took) - performance.now()));
  }

  function poll() {
    if (polling === null) polling = setInterval(soon, POLL);
    say("Up to date each second: all streams are taken");
  }

  function stop() {
    if (source) source.close();
    clearInterval(polling);
    source = polling = null;
  }

  function start() {
    stop();
    source = new EventSource(main.dataset.watch);
    source.onopen = () => { say("Live"); soon(); };
    source.onmessage = soon;
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) { source = null; poll(); }
      else say("The server does not answer");
    };
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    if (paused) { stop(); say("Paused"); } else start();
  });
  // A browser has few connections to one server: what nobody sees needs none.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop(); else if (!paused) start();
  });
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted && !paused) start(); });
  bar.hidden = false;
  if (!document.hidden) start();
})();
