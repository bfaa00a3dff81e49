/** What the clinic is called in texts for staff: `{{clinic.phone}}` is `phone` here. */
export type ClinicWords = Readonly<Record<string, string>>;

/** A text with the clinic's words in it; a fact the clinic has not given as its name in words, `[clinician on duty]`. */
export function withClinicWords(text: string, clinic: ClinicWords): string {
  return text.replace(
    /\{\{\s*(?:clinic\.)?(\w+)\s*\}\}/g,
    (_whole, field: string) => clinic[field] ?? `[${inWords(field)}]`,
  );
}

function inWords(field: string): string {
  return field.replace(/([A-Z])/g, ' $1').toLowerCase();
}
