/** Keys that stand for no text. `end-of-input` is Ctrl-D or a terminal that went away. */
export type KeyName =
  | 'enter'
  | 'back'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'backspace'
  | 'delete'
  | 'erase-line'
  | 'tab'
  | 'escape'
  | 'review'
  | 'interrupt'
  | 'end-of-input';

/** One key press as data. `at` is when it came, in milliseconds since 1970. A paste comes as one key. */
export type Key = { readonly at: number } & (
  | { readonly name: KeyName }
  | { readonly name: 'text' | 'paste'; readonly text: string }
);
