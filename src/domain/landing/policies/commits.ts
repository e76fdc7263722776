/** Whether the commits of a change are fit to be kept. */
import type { PolicyConfig } from '../../store/policies.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { number } from './parameters.js';

export interface JudgedCommit {
  id: string;
  /** The whole message. */
  message: string;
}

/** What a person took off the target, by amending, rebasing or resetting it, and the change would bring back. */
export const droppedCommits = ({ dropped = [] }: JudgedChange): PolicyEvidence[] =>
  dropped.map(({ id, subject }) => ({
    path: '',
    line: 0,
    what: `${id.slice(0, 10)} "${subject.slice(0, 60)}" was on the target and is not any more: landing would bring it back, merge rebase leaves it out`,
  }));

export function commitHygiene({ commits = [] }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = number(config, 'max_subject');
  const pattern = String(config.pattern ?? '');
  const shape = pattern === '' ? undefined : new RegExp(pattern);
  return commits.flatMap(({ id, message }) => {
    const [subject = '', second = ''] = message.split('\n');
    const told = (what: string) => [
      { path: '', line: 0, what: `${id.slice(0, 10)} "${subject.slice(0, 60)}" ${what}` },
    ];
    if (/^(?:fixup|squash|amend)! |^(?:wip|tmp|temp|todo|xxx)\b/i.test(subject))
      return told('is not finished');
    if (subject.trim() === '') return told('has no subject');
    if ([...subject].length > max) return told(`has a subject of more than ${max} characters`);
    if (second.trim() !== '') return told('has no blank line below its subject');
    if (shape && !shape.test(subject)) return told(`does not match ${pattern}`);
    return [];
  });
}
