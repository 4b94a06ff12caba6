// The own script of the pages: the colours of Airflow around them, a run that goes on, buttons without a reload.
"use strict";

const AGAIN = 2000;

function outside() {
  try {
    return window.parent !== window ? window.parent.document : null;
  } catch {
    return null; // framed by somebody else
  }
}

function colours() {
  const around = outside();
  if (!around) return;
  const dark = around.documentElement.classList.contains("dark");
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.classList.toggle("light", !dark);
}

function leave(link, target) {
  // the frame may not navigate its surroundings, its surroundings may
  const around = outside();
  if (!around) return false;
  const anchor = around.createElement("a");
  anchor.href = link.href;
  if (target) {
    anchor.target = target;
    anchor.rel = "noopener";
  }
  around.body.append(anchor);
  anchor.click();
  anchor.remove();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-top], a[data-tab]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  const target = "tab" in link.dataset ? "_blank" : "";
  if (leave(link, target)) event.preventDefault();
});

async function piece(url, options) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  return { ok: answer.ok, text: await answer.text() };
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-into]");
  if (!form) return;
  event.preventDefault();
  const place = document.getElementById(form.dataset.into);
  const button = form.querySelector("button");
  button.disabled = true;
  place.textContent = "Verifying: signatures, digests, the ledger, and the verdict once more ...";
  try {
    place.innerHTML = (await piece(form.action, { method: "POST", headers: { "X-Fragment": "text/html" } })).text;
  } catch {
    place.textContent = "The server does not answer; try again when it does.";
  }
  button.disabled = false;
});

function opened(place) {
  return new Set([...place.querySelectorAll("details[open][data-keep]")].map((one) => one.dataset.keep));
}

async function follow(place) {
  while (place.querySelector("[data-again]")) {
    await new Promise((wake) => setTimeout(wake, AGAIN));
    if (document.hidden) continue;
    try {
      const { ok, text } = await piece(place.dataset.state);
      if (!ok) continue;
      const open = opened(place);
      place.innerHTML = text;
      for (const one of place.querySelectorAll("details[data-keep]")) one.open = open.has(one.dataset.keep);
      load(place);
    } catch {
      // the server is away; ask again
    }
  }
}

async function load(place) {
  for (const part of place.querySelectorAll("[data-load]")) {
    const from = part.dataset.load;
    delete part.dataset.load;
    try {
      const { ok, text } = await piece(from);
      if (ok) part.innerHTML = text;
    } catch {
      // the link to the report stays
    }
  }
}

async function catchUp(place) {
  for (;;) {
    const { ok, text } = await piece(place.dataset.catchUp);
    const unread = ok ? JSON.parse(text).unread : 0;
    if (!unread) break;
    place.textContent = `The index is being made again from the packs: ${unread} still to be read.`;
  }
  location.reload();
}

colours();
const around = outside();
if (around) new MutationObserver(colours).observe(around.documentElement, { attributeFilter: ["class"] });
load(document);
const live = document.getElementById("live");
if (live) follow(live);
const behind = document.querySelector("[data-catch-up]");
if (behind) catchUp(behind);
for (const picker of document.querySelectorAll(".filter select")) picker.addEventListener("change", () => picker.form.requestSubmit());
