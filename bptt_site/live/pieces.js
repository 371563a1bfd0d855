// What Python has drawn, in files that are named after their content and lie beside this one.
const kept = new Map(); // name of a file: a promise of what is in it

function read(name) {
  if (!kept.has(name)) {
    const coming = fetched(name);
    kept.set(name, coming);
    coming.catch(() => kept.delete(name)); // the next one who asks tries again
  }
  return kept.get(name);
}

async function fetched(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b; // some hosts unpack what they send
  const plain = isPacked ? new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")) : bytes;
  return new Response(plain).json();
}

/** A state of a piece, its texts put together. */
function unfolded(value, texts) {
  if (Array.isArray(value)) return value.map((part) => unfolded(part, texts));
  if (value === null || typeof value !== "object") return value;
  if ("text" in value) return value.text.map((n) => texts[n]).join("");
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unfolded(part, texts)]));
}

/** Where a state is. list : [[number of its first state, name of the file], ...] */
function fileOf(list, number) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (list[middle][0] <= number) low = middle;
    else high = middle - 1;
  }
  return list[low]?.[1];
}

async function stateOf(list, number) {
  const { texts, states } = await read(fileOf(list, number));
  return unfolded(states[number], texts);
}
