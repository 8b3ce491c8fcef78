// Making elements. Whatever an article says gets into the page as text, never as markup.

/** The element of the page with this id. */
const byId = (id) => document.getElementById(id);

/**
 * A new element. `attributes` that are null or false are left out, functions are listeners
 * (`{click: …}`), `true` is an empty attribute. Children are elements, texts or null.
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

/** A link to another place, or null: only addresses of the web, which get to know nothing of us. */
function outside(address, ...children) {
  let parsed;
  try {
    parsed = new URL(address);
  } catch {
    return null;
  }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return null;
  return element(
    "a",
    { href: parsed.href, rel: "noopener noreferrer", target: "_blank" },
    ...children,
  );
}

/** Fill a select with choices: pairs of a value and its words. */
function fill(select, choices) {
  select.replaceChildren(...choices.map(([value, words]) => element("option", { value }, words)));
}

/** Let Escape, pressed anywhere in `part`, do `action`. */
function closesOnEscape(part, action) {
  part.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) action();
  });
}

/** `action` once nothing was asked for `milliseconds`. */
function debounced(action, milliseconds) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
