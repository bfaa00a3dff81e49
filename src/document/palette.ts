/** Ink of the form. Text is at least 7:1 on its ground, outlines at least 3:1; a test computes both. */
export const palette = {
  paper: '#ffffff',
  text: '#1a1a1a',
  heading: '#173a5e',
  quiet: '#454f59',
  warning: '#8c1a11',
  tint: '#eef3f8',
  warningTint: '#fdf0ee',
  outline: '#5f7689',
  rule: '#5f7689',
} as const;
