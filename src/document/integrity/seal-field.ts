/** Name of the field that holds the seal of the clinic. */
export const sealField = 'clinic-seal';
