/**
 * Threads that may be asked for. One thread reads for them all and feeds about four, and each takes tens of megabytes: beyond
 * this they cost memory and bring nothing.
 */
export const mostJobs = 64;
