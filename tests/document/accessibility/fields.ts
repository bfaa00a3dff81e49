import { PDFName, type PDFObject, type PDFRef } from 'pdf-lib';
import type { Report } from './clauses.ts';
import { bytesOf, nameOf, numberOf, type Objects, stringOf } from './objects.ts';
import { numbersIn, type Tree } from './structure.ts';

/** Annotations and form fields, each with its element. */
export function checkFields(tree: Tree, objects: Objects, report: Report): void {
  const { get, list, dict, pdf } = objects;
  const listed = new Set(list(get(pdf.catalog, 'AcroForm', 'Fields')).map((field) => dict(field)));
  const names = new Map<string, PDFObject | undefined>();
  const holders = holdersOf(tree, objects, report);
  const parents = numbersIn(get(pdf.catalog, 'StructTreeRoot', 'ParentTree'), objects);
  pdf.getPages().forEach(({ node }, page) => {
    const annotations = list(node.get(PDFName.of('Annots')));
    const isOrdered = annotations.length === 0 || nameOf(get(node, 'Tabs')) === 'S';
    if (!isOrdered) report('tab-order', `page ${page + 1}`, 'has annotations and no order of structure');
    for (const each of annotations) {
      // A box of a choice has the name of the field that it is one of.
      const field = dict(get(each, 'Parent')) ?? dict(each);
      const name = stringOf(get(field, 'T'));
      const place = { page, where: `page ${page + 1}, ${name ?? String(each as PDFRef)}` };
      checkHolder(each, place, holders, (key) => dict(parents.get(key)), objects, report);
      checkFlags(each, place.where, objects, report);
      checkAppearance(each, place.where, objects, report);
      checkLabel(each, place.where, objects, report);
      if (nameOf(get(each, 'Subtype')) !== 'Widget') continue;
      const isOwn = name !== undefined && (names.get(name) ?? field) === field;
      if (!isOwn) report('field-name', place.where, 'its name is another field’s');
      if (!listed.has(field)) report('field-name', place.where, 'is not in the form’s list');
      checkChoice(each, field, place.where, objects, report);
      names.set(name ?? '', field);
    }
  });
}

/** Of a field with boxes of its own: one of them is ticked at most. */
function checkChoice(
  box: PDFObject,
  field: PDFObject | undefined,
  where: string,
  { get, dict, list }: Objects,
  report: Report,
): void {
  if (field === dict(box)) return;
  const isChoice = nameOf(get(field, 'FT')) === 'Btn' && ((numberOf(get(field, 'Ff')) ?? 0) & (1 << 15)) !== 0;
  const isIn = list(get(field, 'Kids')).some((kid) => dict(kid) === dict(box));
  if (!isChoice || !isIn) report('field-choice', where, 'its field does not choose among boxes');
  if ((stringOf(get(field, 'TU')) ?? '').trim() === '') report('annotation-name', where, 'no spoken question');
}

interface Holder {
  /** The page that the element says the annotation is on. */
  readonly page: number;
  readonly element: Tree['all'][number];
}

/** By annotation the element that holds it. */
function holdersOf(tree: Tree, { get, dict }: Objects, report: Report): ReadonlyMap<PDFObject | undefined, Holder> {
  const holders = new Map<PDFObject | undefined, Holder>();
  for (const element of tree.all) {
    const objectKids = element.kids.filter((kid) => 'object' in kid);
    for (const { object, page } of objectKids) holders.set(dict(object), { page, element });
    if (element.tag !== 'Form') continue;
    const isWidget = objectKids.length === 1 && nameOf(get(objectKids[0]?.object, 'Subtype')) === 'Widget';
    if (!isWidget) report('form-object', element.where, `${objectKids.length} objects`);
  }
  return holders;
}

function checkHolder(
  annotation: PDFObject,
  { page, where }: { readonly page: number; readonly where: string },
  holders: ReadonlyMap<PDFObject | undefined, Holder>,
  parentOf: (key: number) => PDFObject | undefined,
  { get, dict }: Objects,
  report: Report,
): void {
  const holder = holders.get(dict(annotation));
  if (!holder) {
    report('annotation-tagged', where, 'is in no element');
    return;
  }
  const key = numberOf(get(annotation, 'StructParent'));
  if (key === undefined || parentOf(key) !== holder.element.dict)
    report('annotation-tagged', where, 'the parent tree has another element or none');
  if (holder.page !== page) report('object-page', where, `is said to be on page ${holder.page + 1}`);
}

/** Printed, and neither invisible, hidden nor kept from view. */
function checkFlags(annotation: PDFObject, where: string, { get }: Objects, report: Report): void {
  const flags = numberOf(get(annotation, 'F')) ?? 0;
  if ((flags & 4) === 0 || (flags & 0b100011) !== 0) report('annotation-flags', where, `flags ${flags}`);
}

/** What is read aloud: of a field its label, of anything else its contents. */
function checkLabel(annotation: PDFObject, where: string, { get }: Objects, report: Report): void {
  const isField = nameOf(get(annotation, 'Subtype')) === 'Widget';
  const label = stringOf(get(annotation, isField ? 'TU' : 'Contents')) ?? '';
  if (label.trim() === '') report('annotation-name', where, isField ? 'no spoken label' : 'no contents');
}

function checkAppearance(annotation: PDFObject, where: string, { get, dict }: Objects, report: Report): void {
  const normal = get(annotation, 'AP', 'N');
  if (!normal) {
    report('annotation-appearance', where, 'no normal appearance');
    return;
  }
  const isCheck = nameOf(get(annotation, 'FT') ?? get(annotation, 'Parent', 'FT')) === 'Btn';
  if (!isCheck) {
    if (!('contents' in normal)) report('annotation-appearance', where, 'its appearance is no stream');
    return;
  }
  const states =
    dict(normal)
      ?.keys()
      .map((key) => key.decodeText()) ?? [];
  const state = nameOf(get(annotation, 'AS')) ?? '';
  if (!states.includes('Off') || states.length < 2 || !states.includes(state))
    report('annotation-appearance', where, `states ${states.join(', ')}, shown ${state}`);
  if (states.some((each) => each !== 'Off' && bytesOf(get(normal, each)).length === 0))
    report('annotation-appearance', where, 'nothing is drawn where it is ticked');
}
