/*
 * countries - the English names of countries, as ISO 3166-1 lists them.
 *
 * Read from Debian's iso-codes when Plenary is built, so that a name does not depend on the machine
 * that shows it. Pure; any thread.
 */
#ifndef PLENARY_CLIENTS_COUNTRIES_H
#define PLENARY_CLIENTS_COUNTRIES_H

/* "Uzbekistan" for "UZ". NULL: no such code (alpha-2, upper case). Static. */
const char *country_name(const char *code);

#endif
