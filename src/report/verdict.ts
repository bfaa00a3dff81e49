import { counted } from '../model/counted.ts';
import type { Difference, FileState, SignatureFound } from '../model/verdict.ts';
import type { Paint } from './colour.ts';

/** One digest of a form, and whether what is installed here has the same. Undefined where it is nothing that is installed. */
export interface DigestFound {
  readonly name: 'file' | 'content' | 'definition' | 'wording' | 'evidence' | 'answers';
  /** 64 hex digits. */
  readonly digest: string;
  readonly here?: 'same' | 'other' | 'none';
}

/**
 * `own`: the clinic's. `sample`: the public one, where the clinic has no other. `foreign-sample`: the public one, where
 * it has. `other`: the clinic's key is at hand, and it is not that. `none`: the key is not at hand.
 */
export type KeyFound = 'own' | 'sample' | 'foreign-sample' | 'other' | 'none';

/** `untold`: they are keyed, and the key is not at hand. */
export type AnswersFound = 'same' | 'other' | 'untold';

/** A form that was looked at. Every text is safe to print. */
export interface Verified {
  readonly file: string;
  readonly state: FileState;
  readonly form: { readonly id: string; readonly version: string; readonly language: string };
  /** `id|version` of the definition. */
  readonly questionnaire: string;
  readonly digests: readonly DigestFound[];
  readonly key: KeyFound;
  /** Whether the answers given belong to the form. */
  readonly answers?: AnswersFound;
  /** Whether the answers inside the file do; undefined where none are inside. */
  readonly embedded?: AnswersFound | 'unreadable';
}

/** True where nothing speaks against the form: as it was made, by this clinic as far as its key can tell, with these answers. */
export function isGenuine({ state, key, answers, embedded }: Verified): boolean {
  return (
    state.is === 'unaltered' &&
    key !== 'other' &&
    key !== 'foreign-sample' &&
    (answers === undefined || answers === 'same') &&
    embedded !== 'other' &&
    state.later.signatures.every(({ isValid }) => isValid)
  );
}

const verdicts = { unaltered: 'UNALTERED', altered: 'ALTERED', rewritten: 'REWRITTEN' } as const;

/** The result for people. */
export function describeVerified(verified: Verified, paint: Paint): readonly string[] {
  const { file, state, form, questionnaire, digests, key, answers, embedded } = verified;
  const tone = isGenuine(verified) ? 'title' : 'alarm';
  const rows: readonly (readonly [string, string])[] = [
    ['form', `${form.id} ${form.version} ${form.language}`],
    ['definition', questionnaire.replace('|', ' ')],
    ['key', keyWords[key]],
    ...(answers === undefined ? [] : [['answers', answerWords[answers]] as const]),
    ...(embedded === undefined ? [] : [['inside', embeddedWords[embedded]] as const]),
    ...(state.later.filled.length > 0 ? [['filled in', filledWords(state.later.filled)] as const] : []),
    ...state.later.signatures.map((each) => [each.isSeal ? 'sealed' : 'signed', signatureWords(each)] as const),
  ];
  return [
    `${paint(verdicts[state.is], tone)}  ${file}`,
    ...stateWords(state).map((line) => `  ${line}`),
    '',
    ...rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    '',
    '  SHA-256',
    ...digests.map((each) => `  ${each.name.padEnd(11)} ${each.digest}${digestWords(each, state)}`),
  ];
}

/** The result for programs: one JSON line. */
export function verifiedJson(verified: Verified): string {
  const { file, state, form, questionnaire, digests, key, answers, embedded } = verified;
  return JSON.stringify({
    file,
    verdict: state.is,
    genuine: isGenuine(verified),
    ...(state.is !== 'unaltered' && { differences: state.differences, pages: state.pages }),
    form,
    questionnaire,
    digests: Object.fromEntries(
      digests.map(({ name, digest, here }) => [name, { digest: `sha256:${digest}`, ...(here && { here }) }]),
    ),
    key,
    ...(answers && { answers }),
    ...(embedded && { embedded }),
    filled: state.later.filled,
    signatures: state.later.signatures,
  });
}

function stateWords(state: FileState): readonly string[] {
  switch (state.is) {
    case 'unaltered':
      if (!state.later.isThere) return ['Every byte is as it was made.'];
      return state.later.filled.length + state.later.signatures.length === 0
        ? ['What was made is as it was made. What a program wrote behind its end shows nothing.']
        : ['What was made is as it was made. Only what a form is made for came later: see below.'];
    case 'altered':
      return ['Something is not as it was made:', ...state.differences.map(differenceLine), pagesWords(state)];
    case 'rewritten':
      return [
        'Another program wrote this file anew: what letters look like and what stands around the pages cannot be told.',
        ...state.differences.map(differenceLine),
        pagesWords(state),
      ];
    default:
      return state;
  }
}

function differenceLine(difference: Difference): string {
  return `- ${differenceWords(difference)}`;
}

function differenceWords(difference: Difference): string {
  switch (difference.part) {
    case 'page':
      return `page ${difference.page}: what is printed on it, or how much of it is shown`;
    case 'annotation':
      return `page ${difference.page}: something was put on it (a note, a stamp, a drawing or a field)`;
    case 'field':
      return `the field ${difference.field}: something is drawn in it, and nothing was filled in`;
    case 'fonts':
      return 'the fonts: what letters look like, or read as';
    case 'structure':
      return 'the structure that screen readers follow';
    case 'metadata':
      return 'what the file says about itself: title, author, digests';
    case 'fields':
      return 'the fields to fill in, beyond their being filled in';
    case 'attachments':
      return 'the files inside';
    case 'frame':
      return 'the frame of the file: list of pages, catalogue, cross-references';
    case 'after-end':
      return 'there is something behind its end that no program for forms puts there';
    case 'end':
      return 'its end is missing: the file was cut, or not copied to its end';
    case 'seal':
      return 'the seal of the clinic: it was taken off';
    case 'signature':
      return 'a seal or signature: it does not fit what it covers';
    case 'unreadable':
      return 'it can no longer be read as a PDF';
    default:
      return difference;
  }
}

function pagesWords({ pages: { intact, of }, differences }: Exclude<FileState, { is: 'unaltered' }>): string {
  const pages = intact === of ? `all ${of}` : `${intact} of ${of}`;
  const but = differences.some(({ part }) => part === 'fonts') ? ', but for what its letters look like' : '';
  return `What is drawn on ${pages} pages is as it was made${but}.`;
}

const keyWords: Readonly<Record<KeyFound, string>> = {
  own: "made with this clinic's key",
  sample: 'made with the public sample key: anybody can make such a form',
  'foreign-sample': "made with the public sample key, not with this clinic's: a sample, or a forged form",
  other: "not made with this clinic's key: a form of another clinic, or a forged one",
  none: 'the key it was made with is not here, so who made it cannot be told',
};

const answerWords: Readonly<Record<AnswersFound, string>> = {
  same: 'the answers given belong to this form',
  other: 'THE ANSWERS GIVEN ARE NOT THOSE OF THIS FORM',
  untold: 'cannot be compared: their digest is keyed, and the key is not here',
};

const embeddedWords: Readonly<Record<NonNullable<Verified['embedded']>, string>> = {
  same: 'the answers are in the file, and they belong to this form',
  other: 'THE ANSWERS IN THE FILE ARE NOT THOSE OF THIS FORM',
  untold: 'the answers are in the file; they cannot be compared: their digest is keyed, and the key is not here',
  unreadable: 'answers are in the file that do not fit the definition here',
};

function filledWords(names: readonly string[]): string {
  return `${counted(names.length, 'field was', 'fields were')} filled in after it was made: ${names.join(', ')}`;
}

function signatureWords({ field, signer, at, isValid, isWhole, isSeal }: SignatureFound): string {
  const by = signer === undefined ? 'by nobody that can be read' : `by "${signer}", as its certificate says`;
  const when = at === undefined ? '' : `, on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC, as it says`;
  const what = isSeal ? 'seal' : 'signature';
  const fits = isValid ? `the ${what} fits` : `THE ${what.toUpperCase()} DOES NOT FIT`;
  return `${isSeal ? '' : `${field} `}${by}${when}; ${fits}${isWhole ? '' : '; something was added after it'}`;
}

function digestWords({ name, here }: DigestFound, state: FileState): string {
  if (name === 'file') return isAsMade(state) ? '  fits this file' : '  is not that of this file';
  return here ? `  ${hereWords[here]}` : '';
}

/** True where what was made is whole, whatever became of what came behind it. */
function isAsMade(state: FileState): boolean {
  return (
    state.is === 'unaltered' ||
    (state.is === 'altered' && state.differences.every(({ part }) => part === 'seal' || part === 'signature'))
  );
}

const hereWords = { same: 'the same as here', other: 'another version than here', none: 'not installed here' } as const;
