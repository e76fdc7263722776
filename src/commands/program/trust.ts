/** The command by which a person reads what of a repository runs programs and instructs agents, and trusts it. */
import { appError } from '../../domain/platform/errors.js';
import { plural } from '../../domain/platform/units.js';
import { originWords } from '../../domain/store/origin.js';
import type { ShownFile, TrustState } from '../../services/store/index.js';
import { args, command, flag, text } from '../define.js';

export const trustRow = command({
  id: 'trust',
  title: 'Trust this repository',
  summary: "Review and trust the exact bytes of the repository's configuration.",
  args: args({
    show: flag('show what would be trusted, change nothing'),
    revoke: flag('trust it no longer'),
    hash: text('trust exactly this content, without asking', 'sha256'),
  }),
  surfaces: ['cli', 'screen'],
  settlesWith: { untrusted: { show: true } },
  async run({ show, revoke, hash }, context) {
    const session = await context.session();
    const service = await context.services.store();
    if (revoke) return service.revokeTrust(context.paths, session.root);
    const { state, inputs } = await service.readTrust(context.paths, session.root);
    const shownFiles = () => service.shownFiles(context.paths, inputs, state);
    if (show) return { ...state, shown: await shownFiles() };
    if (service.isUsable(state) && !state.told) return state;
    if (!hash && !service.isUsable(state)) {
      if (!context.ask) {
        throw appError('input-needed', 'Trusting needs an answer or the hash of what you read.', {
          kind: 'input',
          hint: `\`codex-agent trust --show\` prints the files; then \`--hash ${state.hash}\`.`,
        });
      }
      const shown = await shownFiles();
      // Without what the command says of itself, and the hash.
      context.ask.show?.(trustLines({ ...state, shown }).slice(2));
      if (!(await context.ask.confirm(trustQuestion(shown)))) {
        throw appError('not-trusted', 'The repository is not trusted, because you answered no.', {
          kind: 'trust',
          hint: '`codex-agent trust --show` prints the files; `codex-agent trust` asks again.',
        });
      }
    }
    await service.trustRepository(context.paths, session.root, hash ?? state.hash);
    context.reopenScreen?.();
    return service.trustState(context.paths, session.root);
  },
  print: (data) => trustLines(data),
  offers: (data) =>
    'shown' in data && (data.status === 'untrusted' || data.status === 'changed')
      ? { label: 'trust exactly this', args: { hash: data.hash } }
      : undefined,
});

type TrustData = { revoked: boolean } | (TrustState & { shown?: ShownFile[] });

/** Names of files in a question, and lines of documents that are shown whole: more are no help to a person. */
const [mostNames, mostNewLines] = [5, 400];

const named = (files: readonly ShownFile[]): string =>
  files
    .slice(0, mostNames)
    .map(({ path }) => path)
    .join(', ') + (files.length > mostNames ? ` and ${files.length - mostNames} more` : '');

function trustQuestion(shown: readonly ShownFile[]): string {
  const asked = shown.filter(({ what, onlyRead }) => what !== 'as trusted' && !onlyRead);
  if (asked.length === 0) return 'Do you trust the repository as it stands above?';
  const those = asked.length === 1 ? 'This file' : `These ${asked.length} files`;
  return `${those} can run programs or instruct agents: ${named(asked)}. Do you trust what stands above?`;
}

function trustLines(data: TrustData): string[] {
  if ('revoked' in data)
    return [data.revoked ? 'The configuration is no longer trusted.' : 'It was not trusted.'];
  const { status, hash, files, origin, tooBig = [], shown = [] } = data;
  const first = {
    trusted: `Trusted as it stands now: ${plural(files.filter(({ onlyRead }) => !onlyRead).length, 'file')}.`,
    untrusted: 'Not trusted: read what follows, then codex-agent trust.',
    changed:
      origin && data.changes?.length === 0
        ? 'Not trusted any more: the files are those you trusted, but the repository comes from elsewhere.'
        : 'Not trusted any more: the files differ from those you trusted.',
    'nothing-to-trust': 'There is nothing to trust: the repository has no configuration.',
  }[status];
  const differ = shown.filter(({ what }) => what !== 'as trusted');
  const documents = differ.filter(({ onlyRead }) => onlyRead);
  const same = shown.filter(({ what }) => what === 'as trusted');
  return [
    first,
    `hash ${hash}`,
    ...(origin ? [originWords(origin)] : []),
    ...tooBig.map(({ path, size }) => `${path} has ${size} bytes: too big to be trusted.`),
    ...differ.filter(({ onlyRead }) => !onlyRead).flatMap(fileLines),
    ...(documents.length > 0 ? ['', onlyReadLine(documents, status)] : []),
    ...documentLines(documents),
    ...(same.length > 0 ? ['', `As trusted: ${named(same)}.`] : []),
  ];
}

const fileLines = ({ path, what, lines }: ShownFile): string[] => ['', `— ${path} (${what})`, ...lines];

function onlyReadLine(documents: readonly ShownFile[], status: TrustState['status']): string {
  const seen = status === 'trusted' ? ' `codex-agent trust` takes them as seen.' : '';
  return `${plural(documents.length, 'document')} for coding CLIs, which can run nothing: a change ends no trust.${seen}`;
}

/** Differences are shown whole. Hundreds of new documents are only named, since a person does not read them here. */
function documentLines(documents: readonly ShownFile[]): string[] {
  const isMuch = documents.reduce((sum, { lines }) => sum + lines.length, 0) > mostNewLines;
  const isListed = ({ what }: ShownFile) => isMuch && what === 'new';
  return [
    ...documents.filter((one) => !isListed(one)).flatMap(fileLines),
    ...documents
      .filter(isListed)
      .map(({ path, lines }) => `— ${path} (new, ${plural(lines.length, 'line')})`),
  ];
}
