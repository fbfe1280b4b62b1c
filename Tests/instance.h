/* instance.h: the one instance of a test, whose module is called MODULE (module, if nothing else is said). MANY says which
 * instance model it was translated for; its functions are called with SELF, or with WITH_SELF before other arguments. */
#ifndef MODULE
#define MODULE module
#endif

#ifdef MANY
static struct MODULE instance;
#define SELF &instance
#define WITH_SELF &instance,
#else
#define SELF
#define WITH_SELF
#endif
