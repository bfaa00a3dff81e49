import { type Mark, paper } from './marks.ts';
import type { PicturePage } from './picture.ts';

/** Drawn pages as one SVG, below each other, nothing fetched, every text escaped. */
export function pictureSvg(pages: readonly PicturePage[], title: string): string {
  let y = 0;
  const groups = pages.map(({ shapes, captions, height }) => {
    const at = y;
    y += height;
    const marks = [...shapes, ...captions.flatMap((caption) => caption.marks)];
    return `<g transform="translate(0 ${n(at)})">\n${marks.map((mark) => elementOf(mark)).join('\n')}\n</g>`;
  });
  const [width, height] = [paper.width, y + 36];
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${n(height)}" viewBox="0 0 ${width} ${n(height)}" role="img" font-family="'Atkinson Hyperlegible Next', 'Noto Sans', 'DejaVu Sans', sans-serif">
<title>${escaped(title)}</title>
<rect width="${width}" height="${n(height)}" fill="#ffffff"/>
${groups.join('\n')}
</svg>
`;
}

function elementOf(mark: Mark): string {
  switch (mark.kind) {
    case 'text': {
      const text = mark.text.trimEnd();
      const weight = mark.face.endsWith('bold') ? ' font-weight="700"' : '';
      return `<text x="${n(mark.x)}" y="${n(mark.y)}" font-size="${n(mark.size)}"${weight} fill="${mark.color}">${escaped(text)}</text>`;
    }
    case 'rect':
      return `<rect x="${n(mark.x)}" y="${n(mark.y)}" width="${n(mark.width)}" height="${n(mark.height)}" fill="${mark.fill ?? 'none'}"${mark.stroke === undefined ? '' : ` stroke="${mark.stroke}"`}/>`;
    case 'line':
      return `<path d="M${n(mark.x)} ${n(mark.y)} H${n(mark.x + mark.width)}" stroke="${mark.color}" stroke-width="0.75"/>`;
    case 'shape': {
      const look = `fill="${mark.fill ?? 'none'}"${mark.stroke === undefined ? '' : ` stroke="${mark.stroke}" stroke-width="${mark.lineWidth ?? 1}"`}`;
      const paths = (mark.places ?? [[0, 0]]).map(([x, y]) => {
        const transform = `translate(${n(mark.x)} ${n(mark.y)}) scale(${n(mark.scale)})`;
        return `<path transform="${transform}${x === 0 && y === 0 ? '' : ` translate(${x} ${y})`}" d="${mark.path}" ${look}/>`;
      });
      return paths.join('\n');
    }
    case 'field':
      return '';
  }
}

/** A coordinate with at most two decimals. */
function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
