export const origin = 'from the class path';
