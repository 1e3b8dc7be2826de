// What a scenario says of an answer, held against it; and what the answer tells for later requests.
const isObject = (node) => node !== null && typeof node === "object" && !Array.isArray(node);
const same = (one, other) => {
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length
      && one.every((each, index) => same(each, other[index]));
  }
  if (!isObject(one)) return one === other;
  return isObject(other) && Object.keys(one).length === Object.keys(other).length
    && Object.keys(one).every((key) => key in other && same(one[key], other[key]));
};
const recordIn = (body) => {
  const found = isObject(body) && "data" in body ? body.data : body;
  return Array.isArray(found) ? found[0] : found;
};
const sentences = (node) => {
  if (typeof node === "string") return [node];
  if (Array.isArray(node)) return node.flatMap(sentences);
  if (!isObject(node)) return [];
  return sentences(typeof node.message === "string" ? node.message : Object.values(node));
};
const lacking = (place, wanted, found) => {
  if (isObject(wanted) && Object.keys(wanted).length && isObject(found)) {
    return Object.keys(wanted).flatMap((key) => lacking(`${place}.${key}`, wanted[key], found[key]));
  }
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.flatMap((each, index) => lacking(`${place}[${index}]`, each, found[index]));
  }
  if (same(wanted, found)) return [];
  return [`${place}: ${JSON.stringify(wanted)} was to be, ${JSON.stringify(found)} is`];
};
const differences = (wanted, status, header, body) => {
  const shown = JSON.stringify(body);
  const isRight = wanted.statuses ? wanted.statuses.includes(status)
    : wanted.below ? status < wanted.below : status === wanted.status;
  if (!isRight) return [`the status ${status} was not to be; the body is ${shown}`];
  const record = recordIn(body);
  const found = Object.entries(wanted.headers ?? {}).flatMap(([name, value]) =>
    String(header(name)) === String(value) ? [] : [`${name}: ${value} was to be, ${header(name)} is`]);
  if ("body" in wanted && !same(wanted.body, body)) {
    found.push(`the body ${JSON.stringify(wanted.body)} was to be, ${shown} is`);
  }
  if ("contains" in wanted) found.push(...lacking("body", wanted.contains, body));
  if ("record" in wanted) found.push(...lacking("record", wanted.record, record));
  for (const name of wanted.lacks ?? []) {
    if (!isObject(record) || name in record) found.push(`${name} was not to be there`);
  }
  if (wanted.messages && !same(wanted.messages, sentences(body?.errors ?? []))) {
    found.push(`the messages ${JSON.stringify(wanted.messages)} were to be, ${shown} is`);
  }
  return found;
};
const standingAt = (body, place) => place.reduce(
  (node, step) => (node !== null && typeof node === "object" ? node[step] : undefined), body);
const learned = (known, body) => {
  const found = {};
  for (const { name, places } of known) {
    const value = places.map((place) => standingAt(body, place)).find((each) => each !== undefined);
    if (value === undefined) continue;
    found[name] = value;
    if (name.endsWith("_id")) found[name.toUpperCase()] = String(value).toUpperCase();
  }
  return found;
};
const filled = (wanted, get) => JSON.parse(
  JSON.stringify(wanted).replace(/\{\{(\w+)\}\}/g, (all, name) => get(name) ?? all));
