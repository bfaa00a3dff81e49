/** Facts of the file beside its pages. */
export interface FileFacts {
  readonly title: string;
  readonly author: string;
  readonly keywords: string;
  /** The rest of a form's record (`form-record`), for the Info dictionary: `PreinfuseDigests`. It stands there uncompressed, as written. */
  readonly digests?: string;
  /** BCP 47, such as `en`. */
  readonly language: string;
  /** The file's date. Nothing reads the clock. */
  readonly created: Date;
  /** A file inside the file; it makes a PDF/A-3 of it. */
  readonly attachment?: Attachment;
}

/** A file that goes into a PDF, as the data that the pages were made from. */
export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  readonly description: string;
  readonly content: string;
}

/** A text between tags of XML. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Says PDF/UA-1, and declares that property to PDF/A readers. */
export const accessibilityMetadata = `
  <rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
    <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
      <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
      <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
      <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
      <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>part</pdfaProperty:name>
        <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
        <pdfaProperty:category>internal</pdfaProperty:category>
        <pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
      </rdf:li></rdf:Seq></pdfaSchema:property>
    </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>`;

/** When the file was last changed, which pdfkit says in its Info dictionary alone. */
export function modifiedMetadata({ created }: FileFacts): string {
  return `
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:ModifyDate>${timeOf(created)}</xmp:ModifyDate></rdf:Description>`;
}

function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The metadata of a file as an XMP packet in ASCII: the same facts as its Info dictionary. */
export function metadataPacket({ title, author, keywords, created }: FileFacts): string {
  const time = timeOf(created);
  return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>
${flushAccessibilityMetadata}
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${asciiXml(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${asciiXml(author)}</rdf:li></rdf:Seq></dc:creator></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${time}</xmp:CreateDate><xmp:ModifyDate>${time}</xmp:ModifyDate><xmp:CreatorTool>preinfuse</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>preinfuse</pdf:Producer><pdf:Keywords>${asciiXml(keywords)}</pdf:Keywords></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}

const flushAccessibilityMetadata = accessibilityMetadata.replace(/\n\s*/g, '\n');

/** A text between tags of XML, in ASCII on one line. */
function asciiXml(text: string): string {
  const line = escapeXml(text).replace(/\n\s*/g, ' ');
  return line.replace(/[^\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
