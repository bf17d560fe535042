// @ts-check

// The parts of the page, by their ids; what is missing is a fault of the page, told at once.

/**
 * @template {HTMLElement} T
 * @param {string} id @param {new () => T} kind @returns {T}
 */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page lacks ${id}`);
  return found;
}

/** A copy of what a template holds. @param {string} id @returns {HTMLElement} */
export function copyOf(id) {
  const copy = part(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`the template ${id} is empty`);
  return copy;
}

/**
 * The first of its kind in an element.
 * @template {Element} T
 * @param {Element} element @param {string} selector @param {new () => T} kind @returns {T}
 */
export function within(element, selector, kind) {
  const found = element.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`there is no ${selector}`);
  return found;
}

/** An identifier as people write it: policy_number is Policy number. @param {string} name */
export const inWords = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
