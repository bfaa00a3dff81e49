import { type Answers, isAbsent } from '../../model/answers.ts';

interface AbsentPath {
  readonly path: string;
  readonly reason: 'unknown' | 'declined';
}

export function absentPaths(answers: Answers): readonly AbsentPath[] {
  const found: AbsentPath[] = [];
  // No iterator: every form of a run comes through here.
  answers.forEach((answer, linkId) => {
    if (typeof answer !== 'object') return;
    if (isAbsent(answer)) found.push({ path: linkId, reason: answer.absent });
    else for (let at = 0; at < answer.length; at += 1) addInside(answer[at] as string | Answers, linkId, at, found);
  });
  return found;
}

/** What is absent in an entry of a repeat. No repeat is inside another. */
function addInside(entry: string | Answers, repeat: string, index: number, found: AbsentPath[]): void {
  if (typeof entry === 'string') return;
  entry.forEach((answer, linkId) => {
    if (!isAbsent(answer)) return;
    found.push({ path: `${repeat}[${index + 1}]${linkId.slice(repeat.length)}`, reason: answer.absent });
  });
}
