package scheduler

// Kilometres is for the comparison of processors.
var Kilometres = kilometres
