import { PDFName, type PDFObject, type PDFRef } from 'pdf-lib';
import type { Report } from './clauses.ts';
import { bytesOf, nameOf, numberOf, type Objects, stringOf } from './objects.ts';
import { numbersIn, type Tree } from './structure.ts';

/** Annotations and form fields, each with its element. */
export function checkFields(tree: Tree, objects: Objects, report: Report): void {
  const { get, list, dict, pdf } = objects;
  const parentTree = numbersIn(get(pdf.catalog, 'StructTreeRoot', 'ParentTree'), objects);
  const listed = new Set(list(get(pdf.catalog, 'AcroForm', 'Fields')).map((field) => dict(field)));
  const names = new Set<string>();
  const holders = new Map<PDFObject | undefined, { readonly page: number; readonly element: Tree['all'][number] }>();
  for (const element of tree.all) {
    const objectKids = element.kids.filter((kid) => 'object' in kid);
    for (const { object, page } of objectKids) holders.set(dict(object), { page, element });
    if (element.tag !== 'Form') continue;
    const isWidget = objectKids.length === 1 && nameOf(get(objectKids[0]?.object, 'Subtype')) === 'Widget';
    if (!isWidget) report('form-object', element.where, `${objectKids.length} objects`);
  }
  pdf.getPages().forEach(({ node }, page) => {
    const annotations = list(node.get(PDFName.of('Annots')));
    if (annotations.length > 0 && nameOf(get(node, 'Tabs')) !== 'S')
      report('tab-order', `page ${page + 1}`, 'has annotations and no order of structure');
    for (const each of annotations) {
      const name = stringOf(get(each, 'T'));
      const where = `page ${page + 1}, ${name ?? String(each as PDFRef)}`;
      const holder = holders.get(dict(each));
      const key = numberOf(get(each, 'StructParent'));
      if (!holder) report('annotation-tagged', where, 'is in no element');
      else {
        if (key === undefined || dict(parentTree.get(key)) !== holder.element.dict)
          report('annotation-tagged', where, 'the parent tree has another element or none');
        if (holder.page !== page) report('object-page', where, `is said to be on page ${holder.page + 1}`);
      }
      const flags = numberOf(get(each, 'F')) ?? 0;
      if ((flags & 4) === 0 || (flags & 0b100011) !== 0) report('annotation-flags', where, `flags ${flags}`);
      checkAppearance(each, where, objects, report);
      if (nameOf(get(each, 'Subtype')) !== 'Widget') {
        if ((stringOf(get(each, 'Contents')) ?? '') === '') report('annotation-name', where, 'no contents');
        continue;
      }
      if ((stringOf(get(each, 'TU')) ?? '').trim() === '') report('annotation-name', where, 'no spoken label');
      if (name === undefined || names.has(name)) report('field-name', where, 'its name is another field’s');
      if (!listed.has(dict(each))) report('field-name', where, 'is not in the form’s list');
      names.add(name ?? '');
    }
  });
}

function checkAppearance(annotation: PDFObject, where: string, { get, dict }: Objects, report: Report): void {
  const normal = get(annotation, 'AP', 'N');
  if (!normal) {
    report('annotation-appearance', where, 'no normal appearance');
    return;
  }
  const isCheck = nameOf(get(annotation, 'FT')) === 'Btn';
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
