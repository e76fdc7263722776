/**
 * Recorded streams of real agents against what should be read from them: expected and got, a line a stream.
 *
 *   STREAMS=<folder> npm run bench -- streams
 *
 * The folder holds `manifest.json`, a list of `{file, runner, exit, requested, outputSchema, stderr, expect}`
 * under `transcripts`, and the files it names. Each stream is fed whole, byte by byte and in pieces of seven,
 * and cut off everywhere: a part of a stream must never pass for a success.
 */
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { load } from '../validators.mjs';

const folder = process.env.STREAMS ?? process.argv[2];
if (!folder || !existsSync(join(folder, 'manifest.json'))) {
  console.log('Set STREAMS to a folder of recorded streams with a manifest.json.');
  process.exit(0);
}
const { streamNamed, parserOf, reportStream, foldOf } = await load('src/domain/agents/transcript/streams.ts');
const { transcripts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));

const factsOf = ({ exit, requested, stderr, outputSchema }) => {
  const exitCode = exit.signal ? 128 + constants.signals[exit.signal] : exit.code;
  return {
    ...(exitCode === null ? {} : { exitCode }),
    ...(requested ? { requested } : {}),
    stderr,
    wantsJson: outputSchema,
  };
};

/** The report, from bytes in pieces of one size. */
function inPieces(name, bytes, facts, size) {
  const parser = parserOf(name);
  const fold = foldOf(name);
  for (let at = 0; at < bytes.length; at += size) fold.add(parser.push(bytes.subarray(at, at + size)));
  fold.add(parser.end());
  return fold.report(facts);
}

/** Names of the fields that differ, each with what was wanted and what came. */
function differences(expect, report) {
  const got = {
    ...report,
    errorCode: report.error?.code ?? null,
    http: report.error?.http,
    sessionId: report.sessionId ?? null,
    finalTextEndsWith: report.finalText?.slice(-(expect.finalTextEndsWith?.length ?? 0)),
    usage: report.usage && { ...report.usage, costUsd: undefined },
  };
  return Object.entries(expect).flatMap(([key, wanted]) => {
    const plain = JSON.parse(JSON.stringify(got[key] ?? null));
    return isDeepStrictEqual(plain, wanted)
      ? []
      : [`${key}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(plain)}`];
  });
}

let right = 0;
let cuts = 0;
let wrongCuts = 0;
for (const recorded of transcripts) {
  const name = streamNamed(recorded.runner) ?? streamNamed(recorded.runner.split('-')[0]);
  if (!name) {
    console.log(`-     ${recorded.file}: no parser for ${recorded.runner}`);
    continue;
  }
  const bytes = new Uint8Array(readFileSync(join(folder, recorded.file)));
  const facts = factsOf(recorded);
  const report = reportStream(name, bytes, facts);
  const wrong = differences(recorded.expect, report);
  for (const size of [1, 7]) {
    const again = inPieces(name, bytes, facts, size);
    if (!isDeepStrictEqual(again, report)) wrong.push(`pieces of ${size} give another report`);
  }
  if (report.unknown > 0) wrong.push(`${report.unknown} records of an unknown kind`);
  const whole = Buffer.from(bytes).toString('latin1').trimEnd().length;
  for (let cut = 0; cut < whole; cut++) {
    cuts++;
    const part = reportStream(name, bytes.subarray(0, cut), { ...facts, exitCode: 0, requested: undefined });
    if (part.status !== 'completed' || endedAlready(recorded, bytes, cut)) continue;
    wrongCuts++;
    wrong.push(`cut at ${cut} of ${whole} passes for a success`);
  }
  if (wrong.length === 0) right++;
  const summary = [report.status, report.error?.code, report.error?.http].filter(Boolean).join(' ');
  console.log(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${recorded.file.padEnd(36)} ${summary}`);
  for (const line of wrong.slice(0, 8)) console.log(`        ${line}`);
}
console.log(
  `${right} of ${transcripts.length} streams as expected; ${cuts} cuts, ${wrongCuts} taken for a success`,
);
process.exitCode = right === transcripts.length ? 0 : 1;

/** A two-way recording goes on after the turn has ended: what is cut from its tail loses nothing. */
function endedAlready({ format }, bytes, cut) {
  if (format !== 'two-way') return false;
  return /"turn\/completed"|"stopReason"/.test(Buffer.from(bytes.subarray(0, cut)).toString('latin1'));
}
