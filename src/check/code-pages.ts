import type { OtherCode } from '../model/diagnostic.ts';

/** The page of a code that is no rule's. The examples are parts of a file; `in` says of which. */
export interface CodePage {
  /** What could follow for a patient, or for whoever signs the definition. */
  readonly why: string;
  /** Default: error. */
  readonly severity?: 'warning';
  /** Whether a comment beside it may let it be; see `CheckRule`. */
  readonly suppressible?: true;
  readonly in: 'questionnaire' | 'table' | 'cases' | 'evidence' | 'template' | 'translation' | 'questions' | 'clinic';
  /** The shortest text that is wrong, and the same mended; none where no text of a clinic brings it about. */
  readonly bad?: string;
  readonly good?: string;
}

const person = (type: string): string => `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - ${type}
`;

const rule = (condition: string): string => `
rules:
  - id: unwilling
    disposition: do-not-proceed
    when: ${condition}
    reason: Unwilling.
    action: Stop.
    sources: [label]
`;

const adult = `
parameters:
  adult: { title: Youngest age, value: 18, unit: a, because: Adults only., sources: [label] }`;
const years = '{ linkId: years, type: integer, text: Age, why: Adults only., unit: a, min: 18, max: 120 }';
const medicine = '{ linkId: medicine, type: string, text: Medicine, why: Some add risk., maxLength: 80 }';

const bands = (value: string): string => `${adult}${person(years.replace('min: 18', 'min: 0'))}
calculated:
  - { linkId: group, title: Group, value: '${value}', sources: [label] }
${rule('years < params.adult')}`;

/** A page for every code that is no rule's. */
export const codePages: Readonly<Record<OtherCode, CodePage>> = {
  // Reading
  'yaml-syntax': {
    in: 'questionnaire',
    why: 'What cannot be read screens nobody.',
    bad: 'title: Ketamine: screening',
    good: 'title: "Ketamine: screening"',
  },
  'yaml-feature': {
    in: 'questionnaire',
    why: 'Anchors, aliases, tags and merge keys make a value stand in two places: whoever signs one reads past the other.',
    bad: 'title: &name Screening',
    good: 'title: Screening',
  },
  'duplicate-key': {
    in: 'questionnaire',
    why: 'Most programs keep the last of the two without a word, and the first is what was reviewed.',
    bad: 'title: Screening\ntitle: Screening of adults',
    good: 'title: Screening of adults',
  },
  'unknown-key': {
    in: 'questionnaire',
    why: 'A misspelt key would be passed over in silence, and what it says with it.',
    bad: 'safety: { titel: Safety, steps: [Call the clinician.] }',
    good: 'safety: { title: Safety, steps: [Call the clinician.] }',
  },
  'missing-key': {
    in: 'questionnaire',
    why: 'Nothing is guessed: what a definition does not say, nobody signed.',
    bad: 'safety: { title: Safety }',
    good: 'safety: { title: Safety, steps: [Call the clinician.] }',
  },
  'wrong-shape': {
    in: 'questionnaire',
    why: 'The value has not the form that is needed here. Without quotes YAML reads version 1.10 as the number 1.1.',
    bad: 'version: 1.10',
    good: 'version: "1.10.0"',
  },
  'duplicate-id': {
    in: 'questionnaire',
    why: 'Two things of one name: a result, a case or a clause would mean either.',
    bad: `${rule('"!willing"')}  - { id: unwilling, disposition: defer, when: unknown(willing), reason: Unsure., action: Wait., sources: [label] }`,
    good: rule('"!willing"'),
  },
  'bad-link-id': {
    in: 'questionnaire',
    why: 'A linkId is a name in conditions. One that CEL keeps for itself, or that stands inside another question, cannot be read there.',
    bad: `${person('{ linkId: double, type: boolean, text: Seeing double?, why: It is a sign. }')}${rule('double')}`,
    good: `${person('{ linkId: doubleVision, type: boolean, text: Seeing double?, why: It is a sign. }')}${rule('doubleVision')}`,
  },
  'unknown-list': {
    in: 'questionnaire',
    why: 'A choice without options cannot be answered.',
    bad: `answerLists:
  often: [{ code: never, text: Never }, { code: daily, text: Daily }]${person('{ linkId: drink, type: choice, text: Alcohol, why: It adds risk., options: offen }')}${rule(`'drink == "daily"'`)}`,
    good: `answerLists:
  often: [{ code: never, text: Never }, { code: daily, text: Daily }]${person('{ linkId: drink, type: choice, text: Alcohol, why: It adds risk., options: often }')}${rule(`'drink == "daily"'`)}`,
  },
  'unknown-source': {
    in: 'questionnaire',
    why: 'A number or rule that leans on nothing cannot be checked by whoever signs it.',
    bad: rule('"!willing"').replace('[label]', '[lable]'),
    good: rule('"!willing"'),
  },
  'missing-file': {
    in: 'questionnaire',
    why: 'A drug table or an evidence ledger that is named is leant on.',
    bad: 'tables: { drugs: drugs.yaml }',
    good: 'tables: {}',
  },
  'cel-syntax': {
    in: 'questionnaire',
    why: 'A condition that cannot be read decides nothing.',
    bad: rule('not willing'),
    good: rule('"!willing"'),
  },
  'cel-type': {
    in: 'questionnaire',
    why: 'Things of different kinds are never equal, so the condition would be false for everybody.',
    bad: rule(`'willing == "no"'`),
    good: rule('"!willing"'),
  },
  'not-analysable': {
    in: 'questionnaire',
    why: 'Conditions are proved over every answer sheet. Regular expressions, string building and the like would leave holes in that.',
    bad: `${person(medicine)}${rule(`medicine.matches("^mor")`)}`,
    good: `${person('{ linkId: opioid, type: boolean, text: An opioid?, why: It adds risk. }')}${rule('opioid')}`,
  },
  'unknown-name': {
    in: 'questionnaire',
    why: 'A condition over a question that is not asked can find nobody.',
    bad: rule('"!wiling"'),
    good: rule('"!willing"'),
  },
  'unknown-option': {
    in: 'questionnaire',
    why: 'Nobody can give that answer, so the rule would never find anybody.',
    bad: `${person('{ linkId: stroke, type: choice, text: Stroke, why: Pressure., options: [{ code: none, text: None }, { code: tia, text: TIA }] }')}${rule(`'stroke == "tja"'`)}`,
    good: `${person('{ linkId: stroke, type: choice, text: Stroke, why: Pressure., options: [{ code: none, text: None }, { code: tia, text: TIA }] }')}${rule(`'stroke == "tia"'`)}`,
  },
  'unknown-table': {
    in: 'questionnaire',
    why: 'Nothing can be looked up in a table that is not there.',
    bad: `${person(medicine)}${rule(`listed("drugs", medicine)`)}`,
    good: `${person('{ linkId: opioid, type: boolean, text: An opioid?, why: It adds risk. }')}${rule('opioid')}`,
  },
  'unknown-column': {
    in: 'table',
    why: 'A number in a column that is not declared has no unit, and nothing reads it.',
    bad: 'title: Drugs\ncolumns: { minimum: { unit: mg } }\nrows: [{ key: sertraline, values: { minimum: 50, maximun: 200 }, sources: [label] }]',
    good: 'title: Drugs\ncolumns: { minimum: { unit: mg }, maximum: { unit: mg } }\nrows: [{ key: sertraline, values: { minimum: 50, maximum: 200 }, sources: [label] }]',
  },
  'always-true': {
    in: 'questionnaire',
    why: 'Whatever is answered, the comparison holds: either its number or the limits of the question are wrong.',
    bad: `${adult}${person(years)}${rule('years >= params.adult')}`,
    good: `${adult}${person(years.replace('min: 18', 'min: 0'))}${rule('years >= params.adult')}`,
  },
  'never-true': {
    in: 'questionnaire',
    why: 'Whatever is answered, the comparison fails, so nobody is found by it.',
    bad: `${adult}${person(years)}${rule('years < params.adult')}`,
    good: `${adult}${person(years.replace('min: 18', 'min: 0'))}${rule('years < params.adult')}`,
  },
  'number-too-large': {
    in: 'questionnaire',
    why: 'Every number is exact. One that is not would decide by rounding.',
    bad: 'parameters:\n  most: { title: Most, value: 1e21, unit: a, because: A limit., sources: [label] }',
    good: 'parameters:\n  most: { title: Most, value: 120, unit: a, because: A limit., sources: [label] }',
  },
  'asked-later': {
    in: 'questionnaire',
    why: 'When the question comes up nobody has answered the one it depends on.',
    bad:
      person(
        '{ linkId: healed, type: boolean, text: Healed?, why: It may wait., enableWhen: bleed }\n      - { linkId: bleed, type: boolean, text: Bleeding?, why: Pressure. }',
      ) + rule('bleed'),
    good:
      person(
        '{ linkId: bleed, type: boolean, text: Bleeding?, why: Pressure. }\n      - { linkId: healed, type: boolean, text: Healed?, why: It may wait., enableWhen: bleed }',
      ) + rule('bleed'),
  },
  cycle: {
    in: 'questionnaire',
    why: 'Values that need each other have no value.',
    bad: `${adult}${person(years.replace('min: 18', 'min: 0'))}
calculated:
  - { linkId: one, title: One, value: two + 1 }
  - { linkId: two, title: Two, value: one + 1 }${rule('two > params.adult')}`,
    good: `${adult}${person(years.replace('min: 18', 'min: 0'))}
calculated:
  - { linkId: one, title: One, value: years + 1 }
  - { linkId: two, title: Two, value: one + 1 }${rule('one > params.adult')}`,
  },
  'absence-milder': {
    in: 'questionnaire',
    why: 'Whoever does not answer would get through where an answer would have stopped them.',
    bad: `${rule('"!willing"')}    absence: { unknown: proceed }`,
    good: `${rule('"!willing"')}    absence: { unknown: do-not-proceed }`,
  },

  // Golden cases
  'case-failed': {
    in: 'cases',
    why: 'The definition no longer does what a clinician signed. Mend it; where the change is meant, have the case signed anew.',
    bad: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: defer } }',
    good: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed } }',
  },
  'case-answers': {
    in: 'cases',
    why: 'No patient could give these answers, so the case shows nothing.',
    bad: 'cases:\n  - { id: no, title: No, set: { willing: 7 }, expect: { disposition: do-not-proceed } }',
    good: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed } }',
  },
  'unknown-rule': {
    in: 'cases',
    why: 'A case or a clause that waits for a rule which is not there is never met.',
    bad: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed, rules: [unwiling] } }',
    good: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed, rules: [unwilling] } }',
  },
  'untested-rule': {
    in: 'cases',
    severity: 'warning',
    suppressible: true,
    why: 'No signed case shows whom the rule finds: a change of it would go unseen.',
    bad: 'cases:\n  - { id: yes, title: Yes, set: { willing: true }, expect: { disposition: proceed } }',
    good: 'cases:\n  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed } }',
  },
  'absent-answer-milder': {
    in: 'questionnaire',
    why: 'A patient who leaves the question out, does not know or will not say comes out better than one who answers.',
    bad: rule('answered(willing) && !willing'),
    good: rule('"!willing"'),
  },

  // Proofs
  'invariant-broken': {
    in: 'questionnaire',
    why: 'Some applicant gets through whom the definition promises to stop; the note tells who.',
    bad: `${person(`{ linkId: psychosis, type: boolean, text: Psychosis?, why: It may get worse. }
      - { linkId: willing, type: boolean, text: Willing?, why: It is their choice. }`)}
invariants:
  - { id: no-psychosis, kind: never, title: Nobody with psychosis, dispositions: [proceed], when: psychosis }`,
    good: `${person(`{ linkId: psychosis, type: boolean, text: Psychosis?, why: It may get worse. }
      - { linkId: willing, type: boolean, text: Willing?, why: It is their choice. }`)}
invariants:
  - { id: no-psychosis, kind: never, title: Nobody with psychosis, dispositions: [proceed], when: psychosis }${rule('psychosis || !willing')}`,
  },
  'vacuous-invariant': {
    in: 'questionnaire',
    why: 'It holds because it speaks of nobody, and so it protects nobody.',
    bad: 'invariants:\n  - { id: unwilling, kind: never, title: Nobody unwilling, dispositions: [proceed], when: willing && !willing }',
    good: 'invariants:\n  - { id: unwilling, kind: never, title: Nobody unwilling, dispositions: [proceed], when: "!willing" }',
  },
  'shadowed-rule': {
    in: 'questionnaire',
    why: 'Whoever the rule finds, a worse one finds too: it decides nothing, and its number can change without effect.',
    bad: `${rule('"!willing"')}  - { id: unsure, disposition: defer, when: "!willing && answered(willing)", reason: No., action: Wait., sources: [label] }`,
    good: rule('"!willing"'),
  },
  'unreachable-disposition': {
    in: 'questionnaire',
    severity: 'warning',
    suppressible: true,
    why: 'Nobody ends so, whatever is answered: a form that lets nobody go on will be filled in until it does.',
    bad: rule('willing || !willing'),
    good: rule('"!willing"'),
  },
  'unreachable-value': {
    in: 'questionnaire',
    why: 'A band that no score falls into hides a limit that is wrong: somebody is shown in another band.',
    bad: bands('years >= params.adult ? "adult" : years >= params.adult ? "young" : "child"'),
    good: bands('years >= params.adult ? "adult" : "child"'),
  },
  'idle-answer': {
    in: 'questionnaire',
    severity: 'warning',
    suppressible: true,
    why: 'Whatever is answered, nothing comes of it, though a condition reads it: the condition is not the one that was meant.',
    bad: `${person('{ linkId: lungs, type: boolean, text: Lung disease?, why: It may get worse. }\n      - { linkId: willing, type: boolean, text: Willing?, why: It is their choice. }')}${rule('"!willing && (lungs || !lungs || !willing)"')}`,
    good: `${person('{ linkId: lungs, type: boolean, text: Lung disease?, why: It may get worse. }\n      - { linkId: willing, type: boolean, text: Willing?, why: It is their choice. }')}${rule('"!willing || lungs"')}`,
  },
  undecided: {
    in: 'questionnaire',
    why: 'What is not settled does not count as proved. Write the conditions behind it more simply.',
  },
  'proof-not-confirmed': {
    in: 'questionnaire',
    why: 'A second program checks every proof, and this one did not pass: a bug in preinfuse. Count nothing as proved, and report it.',
  },

  // Evidence
  'duplicate-evidence': {
    in: 'evidence',
    why: 'A citation of that id would mean either study.',
    bad: '- id: murrough-2013\n',
    good: '- id: han-2016\n',
  },
  'wrong-relation': {
    in: 'evidence',
    why: 'Patients are told which figures come from another drug, route or dose; a figure on the wrong side misleads them.',
    bad: 'relation: indirect',
    good: 'relation: direct',
  },
  'figure-not-as-reported': {
    in: 'evidence',
    why: 'A patient would be told another number than the study found.',
    bad: 'effect: 61, of: 100, reported: "59 %"',
    good: 'effect: 59, of: 100, reported: "59 %"',
  },
  'stale-evidence': {
    in: 'evidence',
    why: 'What nobody has looked at for years may have been overtaken by a later study, or withdrawn.',
    bad: 'checked: "2021-11-24"',
    good: 'checked: "2026-11-24"',
  },

  'review-of-another-text': {
    in: 'evidence',
    severity: 'warning',
    suppressible: true,
    why: 'A translator stands for the words that they read. A wording that was changed since has nobody who stands for it.',
  },

  // Consent forms
  'missing-cost': {
    in: 'clinic',
    severity: 'warning',
    suppressible: true,
    why: 'A patient who reads that language gets no form at this clinic, or must be told the cost by word of mouth.',
    bad: '  costIn:\n    fr: >-',
    good: '  costIn:\n    es: >-',
  },
  'crowded-line': {
    in: 'template',
    why: 'A patient who meets one idea a line finds it again; in a block of sentences it is lost.',
    bad: '- Ask someone to stay with you until the next day. They watch you. They call us.',
    good: '- Ask someone to stay with you until the next day.',
  },
  'front-matter-missing': {
    in: 'template',
    why: 'Without it nobody knows which questionnaire, version and language the form belongs to, nor what it must say.',
    bad: 'id: iv-ketamine-consent',
    good: '---\nid: iv-ketamine-consent',
  },
  'hard-to-read': {
    in: 'template',
    why: 'What a patient cannot read is not consented to. Consent forms of ketamine clinics were found to be unreadable (Mathai 2022).',
    bad: '- Antihypertensive medication adherence remains indispensable on the day of administration. Considerable cardiovascular stimulation was observed universally among hypertensive individuals in one study, necessitating continuous physiological observation throughout the procedure and recovery.',
    good: '- All patients with high blood pressure in one study had a sharp rise, so we check you more often.',
  },
  'beyond-its-source': {
    in: 'template',
    why: 'A benefit of another drug or route is promised for this one. Daly 2018 is about esketamine spray: it shows nothing about ketamine into a vein.',
    bad: ':::benefit[Changes in the brain]{id="brain-changes" evidence="daly-2018" indirect}',
    good: ':::benefit[Changes in the brain]{id="brain-changes" evidence="holmes-2022"}',
  },
  'wrong-band': {
    in: 'template',
    why: 'Whoever reads only the bold line above a risk is told that it is rarer, or more common, than the numbers below say.',
    bad: '{id="anxiety" band=rare',
    good: '{id="anxiety" band=very-common',
  },
  'wrong-questionnaire': {
    in: 'template',
    why: 'A form of another treatment would be signed.',
    bad: 'questionnaire: ect',
    good: 'questionnaire: iv-ketamine',
  },
  'unknown-link-id': {
    in: 'template',
    why: 'What the form takes from the answers would be empty, or a part of it never printed.',
    bad: 'name: applicant.nam',
    good: 'name: applicant.name',
  },
  'missing-clause': {
    in: 'template',
    why: 'A patient would consent without having read it.',
    bad: 'requires:\n  clauses:\n    - diet\n    - key-facts',
    good: 'requires:\n  clauses:\n    - key-facts',
  },
  'unknown-clause': {
    in: 'template',
    why: 'A clause that the list does not name is not missed when it is lost.',
    bad: '{id="fastin"}',
    good: '{id="fasting"}',
  },
  'duplicate-clause': {
    in: 'template',
    why: 'Of two clauses for one thing one is forgotten when the wording changes.',
    bad: '{rule="cr-capacity" evidence="mcinnes-2022"}',
    good: '{rule="cr-no-benefit" evidence="mcinnes-2022"}',
  },
  'missing-initials': {
    in: 'template',
    why: 'Nothing shows that the patient saw this clause.',
    bad: '{id="escort"}',
    good: '{id="escort" initials}',
  },
  'unprintable-finding': {
    in: 'template',
    why: 'No form is made with that finding, so its clause only seems to protect somebody.',
    bad: '{rule="dnp-stroke" evidence="mcinnes-2022"}',
    good: '{rule="cr-no-benefit" evidence="mcinnes-2022"}',
  },
  'missing-finding': {
    in: 'template',
    why: 'A patient with that finding would sign a form that does not speak of it.',
    bad: ':::finding[Understanding and deciding]{rule="cr-no-benefit" evidence="ama-ethics" indirect}',
    good: ':::finding[Understanding and deciding]{rule="cr-capacity" evidence="ama-ethics" indirect}',
  },
  'missing-signature': {
    in: 'template',
    why: 'A form that somebody needed has not signed is no consent.',
    bad: ':::signature[Clinician]{role="witness"}',
    good: ':::signature[Clinician]{role="clinician"}',
  },
  'unsigned-form': {
    in: 'template',
    why: 'A form that nobody can sign for the patient, or two people have to, is no consent.',
    bad: '{role="surrogate" when="applicant.capacity=intact"}',
    good: '{role="surrogate" when="applicant.capacity=lacks-with-surrogate"}',
  },
  'missing-slot': {
    in: 'template',
    why: 'The form would leave out who it is for, what is not known, or what it rests on.',
    bad: '## What we do not know about you',
    good: '## What we do not know about you\n\n::slot{id="not-known"}',
  },
  'unknown-slot': {
    in: 'template',
    why: 'Nothing is printed there.',
    bad: '::slot{id="reviews"}',
    good: '::slot{id="review"}',
  },
  'unknown-evidence': {
    in: 'template',
    why: 'A claim that names a study which is not in the ledger leans on nothing.',
    bad: 'evidence="holmes-2021"',
    good: 'evidence="holmes-2022"',
  },
  'unmarked-indirect': {
    in: 'template',
    why: 'A patient would take a figure of another drug, route or dose for one of theirs.',
    bad: 'band=very-common evidence="esketamine-pooled spravato-label ketalar-label"}',
    good: 'band=very-common evidence="esketamine-pooled spravato-label ketalar-label" indirect}',
  },
  'unproved-number': {
    in: 'template',
    why: 'Every number a patient reads stands in the evidence, in a signed parameter, or under `numbers:` with its reason.',
    bad: '66 in 100 people were much better',
    good: '64 in 100 people were much better',
  },
  'unqualified-number': {
    in: 'template',
    why: 'A rounded number told as an exact one, or a bound told as a number, says more than the source does.',
    bad: 'In community clinics it was 54 in 100.',
    good: 'In community clinics it was about 54 in 100.',
  },
  'unknown-figure': {
    in: 'template',
    why: 'A picture is drawn from the ledger alone: what is not there cannot be drawn.',
    bad: '::picture[Severely high blood pressure at least once]{figure="yale-bp-2024.sever"',
    good: '::picture[Severely high blood pressure at least once]{figure="yale-bp-2024.severe"',
  },
  'undrawable-figure': {
    in: 'template',
    why: 'One small figure stands for one person of a hundred at most; two shares beside each other must be of one study.',
    bad: '::picture[Severely high blood pressure at least once]{figure="yale-bp-2024.peak"',
    good: '::picture[Severely high blood pressure at least once]{figure="yale-bp-2024.severe"',
  },
  'loose-text': {
    in: 'template',
    why: 'A sentence outside a clause has no id, so nobody notices when it is lost.',
    bad: 'Please read this.\n\n:::clause[Food and drink]{id="fasting"}',
    good: ':::clause[Food and drink]{id="fasting"}',
  },
  'unknown-directive': {
    in: 'template',
    why: 'The block is not printed.',
    bad: ':::claus[Food and drink]',
    good: ':::clause[Food and drink]',
  },
  'missing-title': {
    in: 'template',
    why: 'A patient finds a clause by its title.',
    bad: ':::clause{id="fasting"}',
    good: ':::clause[Food and drink]{id="fasting"}',
  },
  'empty-block': {
    in: 'template',
    why: 'A title alone tells the patient nothing.',
    bad: ':::clause[What it costs]{id="cost"}\n',
    good: ':::clause[What it costs]{id="cost"}\n{{clinic.cost}}\n',
  },
  'unclosed-block': {
    in: 'template',
    why: 'A file that was cut off in the middle of a sentence would read as whole, and print half of it.',
    bad: 'I saw the signing.\n',
    good: 'I saw the signing. I took no part in the treatment decision.\n:::\n',
  },
  'unknown-attribute': {
    in: 'template',
    why: 'It would be passed over, and with it the initials, the mark or the condition that was meant.',
    bad: '{id="escort" initial}',
    good: '{id="escort" initials}',
  },
  'wrong-attribute': {
    in: 'template',
    why: 'The value means nothing here, so the block could not be printed as it was meant.',
    bad: 'id="mania" band=rarely',
    good: 'id="mania" band=unknown',
  },
  'missing-attribute': {
    in: 'template',
    why: 'Without an id nobody can tell whether the block is there.',
    bad: ':::clause[Food and drink]{initials}',
    good: ':::clause[Food and drink]{id="fasting"}',
  },
  'unsupported-markdown': {
    in: 'template',
    why: 'It would be printed as something else, or not at all.',
    bad: 'You *may* feel fine',
    good: 'You may feel fine',
  },

  // Forms in two languages
  'translation-order': {
    in: 'translation',
    why: 'Two patients with the same answers would not read the same form.',
    bad: '## Su privacidad\n\n:::clause[Su privacidad y su copia]',
    good: ':::clause[Su privacidad y su copia]',
  },
  'translation-attribute': {
    in: 'translation',
    why: 'One of the two would initial, tick or be told the source or how common a risk is, and the other not.',
    bad: '{id="key-facts"}',
    good: '{id="key-facts" box="facts"}',
  },
  'translation-shape': {
    in: 'translation',
    why: 'A sentence that one patient reads may be missing for the other.',
    bad: '- Usted recibe una copia del formulario firmado.\n- Dos copias.',
    good: '- Usted recibe una copia del formulario firmado.',
  },
  'translation-number': {
    in: 'translation',
    why: 'A patient would weigh the treatment by a wrong figure.',
    bad: '28 de cada 100 personas habían mejorado mucho.\n- Con midazolam, un calmante que no es ketamina, fueron 64 de',
    good: '64 de cada 100 personas habían mejorado mucho.\n- Con midazolam, un calmante que no es ketamina, fueron 28 de',
  },
  'translation-field': {
    in: 'translation',
    why: 'The form would give another number to call, or another limit.',
    bad: 'Cuando está cerrado: {{clinic.phone}}.',
    good: 'Cuando está cerrado: {{clinic.afterHoursPhone}}.',
  },
  'translation-strong': {
    in: 'translation',
    why: 'What stands out in one language is passed over in the other.',
    bad: '- No maneje durante',
    good: '- **No maneje** durante',
  },
  'translation-measure': {
    in: 'translation',
    why: 'Hours that became days, or an “at least” that is lost, change what the patient does.',
    bad: 'h: días',
    good: 'h: horas',
  },
  'translation-negation': {
    in: 'translation',
    why: 'A lost “not” tells the patient to do what harms.',
    bad: '- Coma durante',
    good: '- No coma durante',
  },
  'unused-difference': {
    in: 'translation',
    why: 'A reason for a difference that is gone would hide the next one.',
    bad: 'differences:\n  - { says: nunca, code: translation-number, because: Nothing. }',
    good: 'differences:',
  },
  'untranslated-question': {
    in: 'questions',
    why: 'A patient could not read which of their questions is open.',
    bad: '  body.height: Estatura\n',
    good: '  body.height: Estatura\n  body.weight: Peso\n',
  },
  'untranslated-study': {
    in: 'evidence',
    severity: 'warning',
    suppressible: true,
    why: 'A patient would read in another language where a number comes from.',
    bad: '    in: {}\n',
    good: '    in: { es: { authors: Murrough y otros } }\n',
  },

  // Suppressions
  'suppression-without-reason': {
    in: 'questionnaire',
    why: 'A problem let be without a reason documents a review that never happened.',
    bad: 'parameters:\n  # preinfuse-ignore unread-parameter\n  youngest: { title: Youngest, value: 18, unit: a, because: Adults., sources: [label] }',
    good: 'parameters:\n  # preinfuse-ignore unread-parameter: for version 2, Dr. A. Example 2026-05-02\n  youngest: { title: Youngest, value: 18, unit: a, because: Adults., sources: [label] }',
  },
  'unused-suppression': {
    in: 'questionnaire',
    severity: 'warning',
    why: 'The problem it was written for is gone, and the next one on that line would be let be by an old reason.',
    bad: '# preinfuse-ignore unread-parameter: for version 2, Dr. A. Example 2026-05-02\ntitle: Screening',
    good: 'title: Screening',
  },
  'not-suppressible': {
    in: 'questionnaire',
    why: 'What decides who is let through is mended, never let be.',
    bad: 'title: Screening # preinfuse-ignore invariant-broken: it is rare',
    good: 'title: Screening',
  },
  'unknown-code': {
    in: 'questionnaire',
    why: 'A suppression of a code that does not exist lets nothing be.',
    bad: 'title: Screening # preinfuse-ignore unread-paramater: for version 2',
    good: 'title: Screening',
  },
};
