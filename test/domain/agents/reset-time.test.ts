import { describe, expect, test } from '@jest/globals';
import { resetTimeIn } from '../../../src/domain/agents/reset-time.js';

/** A Sunday. */
const now = Date.parse('2026-11-29T13:16:31Z');
const at = (message: string, zone = 'UTC') => {
  const time = resetTimeIn(message, now, zone);
  return time === undefined ? undefined : new Date(time).toISOString().replace(/:00\.000Z$|\.000Z$/, '');
};

describe('when a limit ends', () => {
  test.each([
    ["You've hit your limit · resets 9:20pm (UTC)", '2026-11-29T21:20'],
    ["You've hit your session limit · resets 7:10am (UTC)", '2026-11-30T07:10'],
    ["You've hit your limit · resets 3pm (America/New_York)", '2026-11-29T20:00'],
    ['5-hour limit reached ∙ resets 7pm', '2026-11-29T19:00'],
    ['resets 12am (Europe/Berlin)', '2026-11-29T23:00'],
    ['resets 12pm (UTC)', '2026-11-30T12:00'],
    ["You've reached your weekly limit · resets Mar 3, 9am", '2027-03-03T09:00'],
    ['Opus weekly limit reached ∙ resets Dec 3 at 9am (UTC)', '2026-12-03T09:00'],
    ['weekly limit · resets Dec 3, 9:30am (Europe/Berlin)', '2026-12-03T08:30'],
    ['Your limit will reset at 3pm (America/Los_Angeles).', '2026-11-29T23:00'],
    ['Claude AI usage limit reached|1767225600', '2026-01-01T00:00'],
    ['visit https://y to purchase more credits or try again at 3:05 PM.', '2026-11-29T15:05'],
    ['try again at Dec 3rd, 2026 9:00 AM.', '2026-12-03T09:00'],
    ['or try again at Jan 2nd, 2027 12:00 AM.', '2027-01-02T00:00'],
    ['try again in 3 days 2 hours 5 minutes.', '2026-12-02T15:21:31'],
    ['Please try again in 8.2s.', '2026-11-29T13:16:39.200Z'],
    ['Please try again in 6m0s.', '2026-11-29T13:22:31'],
    ['Please retry in 41.5s', '2026-11-29T13:17:12.500Z'],
    ['Your quota will reset after 2h30m15s.', '2026-11-29T15:46:46'],
    ['Retry-After: 120', '2026-11-29T13:18:31'],
    ['"retryDelay": "41s"', '2026-11-29T13:17:12'],
    ['{"error":{"type":"usage_limit_reached","resets_at":1796000000}}', '2026-11-30T00:53:20'],
    ['{"error":{"resets_in_seconds":3600}}', '2026-11-29T14:16:31'],
    ['resets in 3h 12m', '2026-11-29T16:28:31'],
    ['resets at 2026-12-01T06:00:00Z', '2026-12-01T06:00'],
    ['resets at 2026-12-01T06:00:00+02:00', '2026-12-01T04:00'],
    ['Limit resets Monday at 21:00 (Europe/Berlin)', '2026-11-30T20:00'],
    ['resets on Sunday 9am', '2026-12-06T09:00'],
    ['resets tomorrow at 8:15 am', '2026-11-30T08:15'],
    ['Daily quota resets at midnight Pacific Time', '2026-11-30T08:00'],
    ['resets 18:30 GMT+2', '2026-11-29T16:30'],
    ['resets at 9 p.m. EST', '2026-11-30T02:00'],
    ['resets 3 March 2027, 10:00', '2027-03-03T10:00'],
    ['Weekly limit reached. Resets Fri 5pm', '2026-12-04T17:00'],
    // Written a moment ago: it has just passed.
    ['resets 1:15pm (UTC)', '2026-11-29T13:16:31'],
  ])('%s', (message, expected) => expect(at(message)).toBe(expected));

  test('a time without a zone is one of this machine, through the change of its clocks too', () => {
    expect(at('resets 9pm', 'America/New_York')).toBe('2026-11-30T02:00');
    expect(at('resets 9pm', 'Asia/Kolkata')).toBe('2026-11-29T15:30');
    const summer = resetTimeIn('resets Jul 1, 9am (Europe/Berlin)', now);
    expect(new Date(summer!).toISOString()).toBe('2027-07-01T07:00:00.000Z');
  });

  test.each([
    'Credit balance is too low',
    'Upgrade to Pro to get more',
    'Please try again later.',
    'Try again with a shorter prompt: 3 files of 900 lines',
    'HTTP 429 after 3 tries',
    'It reset the branch to 1234567',
    '',
  ])('nothing is read into "%s"', (message) => expect(at(message)).toBeUndefined());
});
