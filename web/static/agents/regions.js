// @ts-check

// What the server has drawn, taken over part by part: only what has changed, and never under the reader's hand.

/** @param {ParentNode} page @returns {HTMLElement[]} */
const regions = (page) => Array.from(page.querySelectorAll("[data-region]"), (part) => /** @type {HTMLElement} */ (part));

export class Regions {
  /** @type {Map<string, string>} The parts as the server drew them last. */
  #drawn = new Map(regions(document).map((part) => [part.dataset.region ?? "", part.innerHTML]));

  /** Take over what differs. @param {Document} page @returns {boolean} False: it is made of other parts, so load it. */
  takeOver(page) {
    const fresh = new Map(regions(page).map((part) => [part.dataset.region ?? "", part]));
    const shown = new Map(regions(document).map((part) => [part.dataset.region ?? "", part]));
    // In trouble the server draws that alone: the rest stays as it was.
    const isWhole = fresh.size > 1;
    if (isWhole && (fresh.size !== shown.size || Array.from(fresh.keys()).some((name) => !shown.has(name)))) return false;
    for (const [name, part] of fresh) {
      const old = shown.get(name);
      if (!old || this.#drawn.get(name) === part.innerHTML) continue;
      this.#drawn.set(name, part.innerHTML);
      replace(old, part);
    }
    return true;
  }
}

/** What was open stays open, and who was at a button is at it still, if it is there. @param {HTMLElement} old @param {HTMLElement} fresh */
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const focusedKeep = focused?.closest("details")?.dataset.keep;
  const open = Array.from(old.querySelectorAll("details[open]"), (each) => /** @type {HTMLElement} */ (each).dataset.keep);
  const chosen = Array.from(old.querySelectorAll("select"), (each) => each.value);
  old.replaceChildren(...Array.from(document.importNode(fresh, true).childNodes));
  const details = Array.from(old.querySelectorAll("details"));
  for (const each of details) {
    if (open.includes(each.dataset.keep)) each.open = true;
  }
  Array.from(old.querySelectorAll("select")).forEach((each, index) => {
    const before = chosen[index];
    if (before && Array.from(each.options).some((option) => option.value === before)) each.value = before;
  });
  if (!focused) return;
  const again = focused.id
    ? document.getElementById(focused.id)
    : details.find((each) => focusedKeep && each.dataset.keep === focusedKeep)?.querySelector("summary");
  if (again) again.focus();
}
