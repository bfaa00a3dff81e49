/** The code of a language as forms have it: `es`, or with a region `en-US`. */
export const languageCode = /^[a-z]{2}(-[A-Z]{2})?$/;
