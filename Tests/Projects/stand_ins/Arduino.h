/* As much of Arduino as the sketch uses. */
struct console {
  void begin(unsigned long);
  void println(const char *);
  void println(unsigned long);
};
extern console Serial;
void delay(unsigned long);
void setup();
void loop();
