/** When a limit ends, from the words of the server or the CLI: "resets 9:20pm (UTC)", "try again in 2 h", "|1767225600". */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A time of day this long ago is the one that was meant, not tomorrow's: the message is older than the clock. */
const justPassedMs = 10 * minuteMs;

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Names of time zones as people write them; the daylight ones are the same places. */
const zones: Readonly<Record<string, string>> = {
  utc: 'UTC',
  gmt: 'UTC',
  z: 'UTC',
  pst: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  pacific: 'America/Los_Angeles',
  mst: 'America/Denver',
  mdt: 'America/Denver',
  cst: 'America/Chicago',
  cdt: 'America/Chicago',
  central: 'America/Chicago',
  est: 'America/New_York',
  edt: 'America/New_York',
  et: 'America/New_York',
  eastern: 'America/New_York',
  bst: 'Europe/London',
  cet: 'Europe/Berlin',
  cest: 'Europe/Berlin',
  ist: 'Asia/Kolkata',
  pkt: 'Asia/Karachi',
  wib: 'Asia/Jakarta',
  sgt: 'Asia/Singapore',
  hkt: 'Asia/Hong_Kong',
  awst: 'Australia/Perth',
  pht: 'Asia/Manila',
  jst: 'Asia/Tokyo',
  kst: 'Asia/Seoul',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
  nzst: 'Pacific/Auckland',
  nzdt: 'Pacific/Auckland',
  wet: 'Europe/Lisbon',
  eet: 'Europe/Athens',
  eest: 'Europe/Athens',
  msk: 'Europe/Moscow',
  sast: 'Africa/Johannesburg',
  brt: 'America/Sao_Paulo',
  art: 'America/Argentina/Buenos_Aires',
  hst: 'Pacific/Honolulu',
  akst: 'America/Anchorage',
  akdt: 'America/Anchorage',
};
const zoneNames = new RegExp(String.raw`\b(${Object.keys(zones).join('|')})\b`, 'i');

const numbers = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const unitWords = '(?:second|minute|hour|day|week)s?';

/**
 * The time, in milliseconds since 1970, at which a limit ends by this message; undefined when it tells none.
 * @param now when the message was written: "9:20pm" is the next one after it, "in 2 h" counts from it
 * @param localZone IANA name of the zone of times that name none; default: this machine's
 */
export function resetTimeIn(message: string, now: number, localZone?: string): number | undefined {
  const text = inDigits(message.replace(/[\u2009\u202f\u00a0]/g, ' '));
  return (
    epochIn(text, now) ??
    isoIn(text) ??
    spanIn(text, now) ??
    periodIn(text, now) ??
    clockIn(text, now, localZone)
  );
}

/** "in an hour", "in half an hour", "in two days", "in a few minutes". */
function inDigits(text: string): string {
  return text
    .replace(/\bhalf an hour\b/gi, '30 minutes')
    .replace(new RegExp(String.raw`\ban? (?:few|couple of) (?=${unitWords}\b)`, 'gi'), '3 ')
    .replace(new RegExp(String.raw`\ban? (?=${unitWords}\b)`, 'gi'), '1 ')
    .replace(
      new RegExp(String.raw`\b(${numbers.join('|')}) (?=${unitWords}\b)`, 'gi'),
      (_, word: string) => `${numbers.indexOf(word.toLowerCase()) + 1} `,
    );
}

/** A number of seconds or milliseconds since 1970, as a field or after a bar. */
function epochIn(text: string, now: number): number | undefined {
  const told =
    /(?:\||resets?[_ -]?(?:at|time|on)?["']?\s*[:=]\s*["']?|\b(?:resets?|until|after|again|available|expires?) (?:at |after )?)(1[5-9]\d{8}|[2-9]\d{9}|1[5-9]\d{11})\b/i.exec(
      text,
    )?.[1];
  if (told) return Number(told) * (told.length > 10 ? 1 : 1000);
  const field =
    /\b(?:resets?|retry)[_-]?(?:in|after)(?:[_-]?(ms|millis(?:econds)?|s|secs?|seconds))?["']?\s*[:=]\s*["']?(\d+(?:\.\d+)?)(?![\w:.])/i.exec(
      text,
    );
  return field ? now + Number(field[2]) * (field[1]?.toLowerCase().startsWith('m') ? 1 : 1000) : undefined;
}

/** "in 01:30:00", "PT1H30M". */
function spanIn(text: string, now: number): number | undefined {
  const clock = /\b(?:in|for|wait)\s+(\d{1,3}):(\d{2}):(\d{2})\b/i.exec(text);
  const iso = /\bP(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?\b/.exec(text);
  const [days, hours, minutes, seconds] = clock ? [0, ...clock.slice(1)] : (iso?.slice(1) ?? []);
  const total =
    Number(days ?? 0) * dayMs +
    Number(hours ?? 0) * hourMs +
    Number(minutes ?? 0) * minuteMs +
    Number(seconds ?? 0) * 1000;
  return total > 0 ? now + total : undefined;
}

function isoIn(text: string): number | undefined {
  const told =
    /\b(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/i.exec(text);
  if (!told) return undefined;
  const [, date, time, zone] = told;
  const offset = !zone || /^[a-z]/i.test(zone) ? 'Z' : zone;
  const at = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

const amount = String.raw`\d+(?:\.\d+)?\s*(?:milliseconds?|ms|weeks?|wks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)?(?![\w:])`;
const period = new RegExp(
  String.raw`(?:retry[- _]?(?:after|delay)|ratelimit-reset[\w-]*|(?:again|reset|resets|resetting|available|retry|retrying|wait|ends?|renews?|refresh(?:es)?|expires?|quotaResetDelay)(?: (?:at least|about|for|again))*(?: (?:in|after|for))?(?: (?:about|around|roughly|approximately))?)["':=\s]*((?:${amount}[\s,]*(?:and\s+)?)+|(?:\d+[wdhms]\s?)+(?:\d+(?:\.\d+)?s)?)`,
  'i',
);

/** "in 3 days 2 hours", "in 2h30m15.5s", "Retry-After: 30", `"retryDelay": "41s"`. A bare number is seconds. */
function periodIn(text: string, now: number): number | undefined {
  const told = period.exec(text);
  if (!told) return undefined;
  // "resets 9:20pm" and "resets 3 Mar" are no periods.
  if (
    /(?:in|after|for|delay|wait|about|around|:|=|["'])\s*["']?$/i.test(
      told[0].slice(0, -told[1]!.length).trimEnd(),
    ) === false
  )
    return undefined;
  let total = 0;
  for (const [, number, unit = 's'] of told[1]!.matchAll(/(\d+(?:\.\d+)?)\s*(ms|mil|[wdhms])?/gi)) {
    total += Number(number) * (units[unit.toLowerCase()] ?? (unit.toLowerCase() === 'mil' ? 1 : 1000));
  }
  // A larger one is no period, but a number of something else.
  return total > 0 && total < 400 * dayMs ? now + total : undefined;
}

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** "resets 9:20pm (UTC)", "try again at Mar 3rd, 2026 9:00 AM", "resets Monday at 21:00 (Europe/Berlin)". */
function clockIn(text: string, now: number, localZone?: string): number | undefined {
  const lead =
    /\b(?:resets?|resetting|retry[- ]?after|again|until|available|renews?|refresh(?:es)?|ends?|expires?|back)\b(?:\s+(?:at|on|by|again|your|the|is|will|be|limit|after))*\s*[:·∙]?\s*/gi;
  for (const found of text.matchAll(lead)) {
    const at = clockAt(
      text.slice(found.index + found[0].length, found.index + found[0].length + 80),
      now,
      localZone,
    );
    if (at !== undefined) return at;
  }
  return undefined;
}

function clockAt(text: string, now: number, localZone?: string): number | undefined {
  const { zone, rest } = zoneIn(text, localZone);
  const today = wallOf(now, zone);
  const date = dateIn(rest, today);
  const time = timeIn(rest);
  if (!date && !time) return undefined;
  const wall = { ...today, ...(date?.wall ?? {}), ...(time ?? { hour: 0, minute: 0 }) };
  let at = timeOf(wall, zone);
  if (at > now - justPassedMs) return Math.max(at, now);
  // What has passed is the next one: tomorrow, next week, next year.
  if (date?.next === 'week') at = timeOf({ ...wall, day: wall.day + 7 }, zone);
  else if (date?.next === 'year') at = timeOf({ ...wall, year: wall.year + 1 }, zone);
  else if (!date) at = timeOf({ ...wall, day: wall.day + 1 }, zone);
  return at > now ? at : undefined;
}

/** The zone that is named after the time, and the text without it. */
function zoneIn(text: string, localZone?: string): { zone: string | number; rest: string } {
  const local = localZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offset =
    /\b(?:UTC|GMT)\s?([+-])(\d{1,2})(?::?(\d{2}))?/i.exec(text) ??
    /(?<=:\d{2}|[ap]\.?m\.?) ?([+-])(\d{2}):?(\d{2})\b/i.exec(text);
  if (offset) {
    const [whole, sign, hours, minutes = '0'] = offset;
    const size = (Number(hours) * 60 + Number(minutes)) * minuteMs;
    return { zone: sign === '-' ? -size : size, rest: text.replace(whole, ' ') };
  }
  const place = /\b([A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z_+-]+)+)/.exec(text)?.[1];
  if (place && isZone(place)) return { zone: place, rest: text.replace(place, ' ') };
  const short = zoneNames.exec(text)?.[1];
  if (short) return { zone: zones[short.toLowerCase()]!, rest: text.replace(short, ' ') };
  return { zone: local, rest: text };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A time of day; none without a colon, am or pm, but for noon and midnight. */
function timeIn(text: string): Pick<Wall, 'hour' | 'minute'> | undefined {
  if (/\bmidnight\b/i.test(text)) return { hour: 24, minute: 0 };
  if (/\bnoon\b/i.test(text)) return { hour: 12, minute: 0 };
  const told = /\b(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s?([ap])\.?m\b|\b(\d{1,2}):(\d{2})\b/i.exec(text);
  if (!told) return undefined;
  const minute = Number(told[2] ?? told[5] ?? 0);
  const half = told[3]?.toLowerCase();
  const hour = half ? (Number(told[1]) % 12) + (half === 'p' ? 12 : 0) : Number(told[4]);
  return hour <= 24 && minute < 60 ? { hour, minute } : undefined;
}

/** A day, and when it comes again where the year is not told. */
function dateIn(text: string, today: Wall): { wall: Partial<Wall>; next?: 'week' | 'year' } | undefined {
  const month = String.raw`(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`;
  const named =
    new RegExp(String.raw`\b${month}\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(20\d{2})\b)?`, 'i').exec(text) ??
    undefined;
  const turned = named
    ? undefined
    : new RegExp(
        String.raw`\b(\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?:of\s+)?${month}(?:,?\s+(20\d{2})\b|-(?:20)?(\d{2})\b)?`,
        'i',
      ).exec(text);
  const short = turned?.[4] && `20${turned[4]}`;
  const [name, day, year] = named
    ? [named[1], named[2], named[3]]
    : [turned?.[2], turned?.[1], turned?.[3] ?? short];
  if (name && day) {
    const wall = { month: months.indexOf(name.toLowerCase()) + 1, day: Number(day) };
    return year
      ? { wall: { ...wall, year: Number(year) } }
      : { wall: { ...wall, year: today.year }, next: 'year' };
  }
  const iso = /\b(20\d{2})[-/.](\d{1,2})[-/.](\d{1,2})\b/.exec(text);
  if (iso) return { wall: { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) } };
  const digits = digitsIn(text, today);
  if (digits) return { wall: digits };
  if (/\btomorrow\b/i.test(text)) return { wall: { day: today.day + 1 } };
  const weekday = /\b(sun|mon|tue|wed|thu|fri|sat)(?:day|s?day|nesday|rsday|urday)?\b/i.exec(text)?.[1];
  if (!weekday) return undefined;
  const now = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const ahead = (days.indexOf(weekday.toLowerCase()) - now + 7) % 7;
  return { wall: { day: today.day + ahead }, next: 'week' };
}

/** "1.12.2026"; "12/1/2026" and "1/12/2026", of which the one is meant that comes next. */
function digitsIn(text: string, today: Wall): Pick<Wall, 'year' | 'month' | 'day'> | undefined {
  const told = /\b(\d{1,2})([./])(\d{1,2})\2(20\d{2})\b/.exec(text);
  if (!told) return undefined;
  const [first, second, year] = [Number(told[1]), Number(told[3]), Number(told[4])];
  const dayFirst = { year, month: second, day: first };
  if (told[2] === '.' || first > 12) return dayFirst;
  const monthFirst = { year, month: first, day: second };
  if (second > 12) return monthFirst;
  const from = Date.UTC(today.year, today.month - 1, today.day);
  const ahead = (one: typeof dayFirst) => Date.UTC(one.year, one.month - 1, one.day) - from;
  const [near, far] = ahead(monthFirst) <= ahead(dayFirst) ? [monthFirst, dayFirst] : [dayFirst, monthFirst];
  return ahead(near) >= 0 ? near : far;
}

/** What the clock on a wall in this zone shows: an IANA name, or milliseconds east of Greenwich. */
function wallOf(at: number, zone: string | number): Wall {
  if (typeof zone === 'number') return wallOf(at + zone, 'UTC');
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') };
}

/** The other way round. A clock that is put forward or back is asked twice. */
function timeOf({ year, month, day, hour, minute }: Wall, zone: string | number): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  if (typeof zone === 'number') return wanted - zone;
  let at = wanted;
  for (let round = 0; round < 2; round++) {
    const shown = wallOf(at, zone);
    at += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  }
  return at;
}
