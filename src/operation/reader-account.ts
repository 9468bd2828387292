/** The account of the routine reads, which also reads for every plan. */
export const readerAccount = "countersign-reader";
